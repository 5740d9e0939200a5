#include "api/change/approval_store.h"

#include <fmt/format.h>

#include "foundation/json/view.h"

namespace api::change {
namespace {

using foundation::Code;
using foundation::fail;
using foundation::Milliseconds;
using foundation::database::Cell;
using foundation::database::Row;

constexpr std::string_view kColumns =
    "id, operation_id, turn, workspace, project, proposer, ceiling, op_hash, rendering, state, expires_at, decided_by,"
    " decided_at";

std::int64_t ms(WallTime at) { return at.time_since_epoch().count(); }

Result<ApprovalRow> row_of(const Row& row) {
  auto rendering = json::parse_strict(row.text(8));
  if (!rendering || !rendering->is_object()) return fail(Code::corrupt, "read approval", "its rendering is damaged");
  ApprovalRow out{.id = row.text(0),
                  .operation_id = row.text(1),
                  .turn = row.text(2),
                  .workspace = row.text(3),
                  .project = row.text(4),
                  .proposer = row.text(5),
                  .ceiling = tenancy::parse_ceiling(row.text(6)),
                  .op_hash = row.text(7),
                  .rendering = std::move(rendering->get_object()),
                  .state = row.text(9),
                  .expires_at = WallTime(Milliseconds(row.integer(10))),
                  .decided_by = row.is_null(11) ? "" : row.text(11)};
  if (!row.is_null(12)) out.decided_at = WallTime(Milliseconds(row.integer(12)));
  return out;
}

Result<std::vector<ApprovalRow>> select(Session& session, std::string_view where, std::vector<Cell> parameters) {
  auto rows = session.query(fmt::format("SELECT {} FROM approvals WHERE {}", kColumns, where), std::move(parameters));
  if (!rows) return std::unexpected(rows.error());
  std::vector<ApprovalRow> out;
  for (const auto& row : *rows) {
    auto approval = row_of(row);
    if (!approval) return std::unexpected(approval.error());
    out.push_back(std::move(*approval));
  }
  return out;
}

}  // namespace

Done add_approval(Session& session, const ApprovalRow& row) {
  auto open = session.query(
      "SELECT count(*), count(*) FILTER (WHERE turn = $3) FROM approvals"
      " WHERE workspace = $1 AND proposer = $2 AND state = 'open' AND expires_at > $4",
      {row.workspace, row.proposer, row.turn, ms(session.now())});
  if (!open) return std::unexpected(open.error());
  bool is_full =
      open->front().integer(0) >= kMaxOpenProposalsPerUser || open->front().integer(1) >= kMaxOpenProposalsPerTurn;
  if (is_full) return fail(Code::denied, "add proposal", "too many wait already");
  auto added = session.execute(
      fmt::format("INSERT INTO approvals ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, NULL, NULL)",
                  kColumns),
      {row.id, row.operation_id, row.turn, row.workspace, row.project, row.proposer, tenancy::to_text(row.ceiling),
       row.op_hash, json::to_text(row.rendering), ms(row.expires_at)});
  return added ? Done{} : Done(std::unexpected(added.error()));
}

Result<ApprovalRow> find_approval(Session& session, const std::string& workspace, const std::string& id) {
  auto rows = select(session, "id = $1 AND workspace = $2", {id, workspace});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return fail(Code::not_found, "find approval", "no such approval");
  return std::move(rows->front());
}

Result<std::vector<ApprovalRow>> open_approvals(Session& session, const std::string& workspace) {
  return select(session, "workspace = $1 AND state = 'open' AND expires_at > $2 ORDER BY id LIMIT $3",
                {workspace, ms(session.now()), std::int64_t(kMaxListedApprovals)});
}

Done decide_approval(Session& session, const std::string& id, const std::string& state, const std::string& by) {
  std::int64_t now = ms(session.now());
  Cell decided_by;
  if (!by.empty()) decided_by = by;
  auto changed = session.execute(
      "UPDATE approvals SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1 AND state = 'open'"
      " AND expires_at > $4",
      {id, state, decided_by, now});
  if (!changed) return std::unexpected(changed.error());
  if (*changed != 1) return fail(Code::conflict, "decide approval", "it does not wait any more");
  return Done{};
}

}  // namespace api::change
