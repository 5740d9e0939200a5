#include "api/change/operation_store.h"

#include <fmt/format.h>

#include "foundation/json/view.h"

extern const char k_api_change_0001_operations_sql[];
extern const char k_api_change_0002_approvals_sql[];

namespace api::change {
namespace {

using foundation::Code;
using foundation::fail;
using foundation::database::Cell;
using foundation::database::Row;
using operations::PatchForm;

constexpr std::string_view kColumns =
    "id, turn, call_id, body_digest, organization, workspace, user_name, name, arguments, state, op_hash, plan,"
    " resource_version, generation, reply_status, reply_body, undoes, readiness, created_at, completed_at";

std::string plan_text(const operations::Plan& plan) {
  const auto& target = plan.target;
  return json::to_text(json::Object{
      {"target",
       json::Object{
           {"kind", target.kind}, {"namespace", target.namespace_name}, {"name", target.name}, {"uid", target.uid}}},
      {"subresource", plan.subresource},
      {"fields_read", plan.fields_read},
      {"patch", plan.patch},
      {"form", operations::to_string(plan.form)},
      {"before", plan.before},
      {"after", plan.after},
      {"diff", plan.diff},
      {"risk", tenancy::to_string(plan.risk)},
      {"already_so", plan.already_so}});
}

Result<json::Value> stored_json(const std::string& text) {
  auto value = json::parse_strict(text);
  if (!value || !value->is_object()) return fail(Code::corrupt, "read operation", "stored JSON is damaged");
  return value;
}

Result<operations::Plan> plan_of(const std::string& text) {
  auto value = stored_json(text);
  if (!value) return std::unexpected(value.error());
  json::View view(*value), target = view["target"];
  return operations::Plan{.target = {std::string(target["kind"].text()), std::string(target["namespace"].text()),
                                     std::string(target["name"].text()), std::string(target["uid"].text())},
                          .subresource = std::string(view["subresource"].text()),
                          .fields_read = view["fields_read"].object(),
                          .patch = view["patch"].object(),
                          .form = operations::parse_patch_form(view["form"].text("apply")).value_or(PatchForm::apply),
                          .before = view["before"].object(),
                          .after = view["after"].object(),
                          .diff = std::string(view["diff"].text()),
                          .risk = tenancy::parse_risk(view["risk"].text()).value_or(tenancy::Risk::high),
                          .already_so = view["already_so"].boolean_or(false)};
}

Result<OperationRow> row_of(const Row& row) {
  auto arguments = stored_json(row.text(8));
  if (!arguments) return std::unexpected(arguments.error());
  auto plan = plan_of(row.text(11));
  if (!plan) return std::unexpected(plan.error());
  OperationRow out{.id = row.text(0),
                   .turn = row.text(1),
                   .call_id = row.text(2),
                   .body_digest = row.text(3),
                   .organization = row.text(4),
                   .workspace = row.text(5),
                   .user = row.text(6),
                   .name = row.text(7),
                   .arguments = std::move(arguments->get_object()),
                   .state = row.text(9),
                   .op_hash = row.text(10),
                   .plan = std::move(*plan),
                   .written_on = {row.text(12), row.integer(13)},
                   .answer = std::nullopt,
                   .undoes = row.is_null(16) ? "" : row.text(16),
                   .readiness = row.is_null(17) ? "" : row.text(17),
                   .created_at = WallTime(foundation::Milliseconds(row.integer(18)))};
  if (!row.is_null(19)) out.completed_at = WallTime(foundation::Milliseconds(row.integer(19)));
  if (!row.is_null(14)) {
    auto body = stored_json(row.text(15));
    if (!body) return std::unexpected(body.error());
    out.answer = Answer{int(row.integer(14)), std::move(body->get_object())};
  }
  return out;
}

Result<std::vector<OperationRow>> select(Session& session, std::string_view where, std::vector<Cell> parameters) {
  auto rows = session.query(fmt::format("SELECT {} FROM operations WHERE {}", kColumns, where), std::move(parameters));
  if (!rows) return std::unexpected(rows.error());
  std::vector<OperationRow> out;
  for (const auto& row : *rows) {
    auto operation = row_of(row);
    if (!operation) return std::unexpected(operation.error());
    out.push_back(std::move(*operation));
  }
  return out;
}

}  // namespace

Done check_turn_has_room(Session& session, const std::string& turn) {
  auto counted = session.query("SELECT count(*) FROM operations WHERE turn = $1", {turn});
  if (!counted) return std::unexpected(counted.error());
  if (counted->front().integer(0) >= kMaxOperationsPerTurn)
    return fail(Code::rate_limited, "add operation", "too many operations in one turn");
  return Done{};
}

Done add_operation(Session& session, const OperationRow& row) {
  if (auto room = check_turn_has_room(session, row.turn); !room) return room;
  std::int64_t now = session.now().time_since_epoch().count();
  Cell status, body, completed, undoes;
  if (row.answer) {
    status = std::int64_t(row.answer->status);
    body = json::to_text(row.answer->body);
    if (row.state != "proposed") completed = now;
  }
  if (!row.undoes.empty()) undoes = row.undoes;
  auto added = session.execute(
      fmt::format("INSERT INTO operations ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
                  " $15, $16, $17, $18, $19, $20)",
                  kColumns),
      {row.id,
       row.turn,
       row.call_id,
       row.body_digest,
       row.organization,
       row.workspace,
       row.user,
       row.name,
       json::to_text(row.arguments),
       row.state,
       row.op_hash,
       plan_text(row.plan),
       row.written_on.resource_version,
       row.written_on.generation,
       status,
       body,
       undoes,
       Cell(),
       now,
       completed});
  if (!added) return std::unexpected(added.error());
  return Done{};
}

Result<std::optional<OperationRow>> find_call(Session& session, const std::string& turn, const std::string& call_id) {
  auto rows = select(session, "turn = $1 AND call_id = $2", {turn, call_id});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return std::nullopt;
  return std::move(rows->front());
}

Done rewrite_intent(Session& session, const std::string& id, const executor::WrittenOn& written_on) {
  auto changed = session.execute(
      "UPDATE operations SET resource_version = $2, generation = $3 WHERE id = $1 AND state = 'intended'",
      {id, written_on.resource_version, written_on.generation});
  if (!changed) return std::unexpected(changed.error());
  if (*changed != 1) return fail(Code::conflict, "rewrite intent", "the operation is completed");
  return Done{};
}

Done take_up_proposal(Session& session, const OperationRow& row) {
  Cell status, body, completed;
  if (row.answer) {
    status = std::int64_t(row.answer->status);
    body = json::to_text(row.answer->body);
    completed = session.now().time_since_epoch().count();
  }
  auto changed = session.execute(
      "UPDATE operations SET state = $2, plan = $3, resource_version = $4, generation = $5, reply_status = $6,"
      " reply_body = $7, completed_at = $8 WHERE id = $1 AND state = 'proposed'",
      {row.id, row.state, plan_text(row.plan), row.written_on.resource_version, row.written_on.generation, status, body,
       completed});
  if (!changed) return std::unexpected(changed.error());
  if (*changed != 1) return fail(Code::conflict, "take up the proposal", "it does not wait any more");
  return Done{};
}

Done complete_operation(Session& session, const std::string& id, const std::string& state, const Answer& answer) {
  Cell readiness;
  if (state == "executed") readiness = "following";
  auto changed = session.execute(
      "UPDATE operations SET state = $2, reply_status = $3, reply_body = $4, completed_at = $5, readiness = $6"
      " WHERE id = $1 AND state IN ('intended', 'proposed')",
      {id, state, std::int64_t(answer.status), json::to_text(answer.body), session.now().time_since_epoch().count(),
       readiness});
  if (!changed) return std::unexpected(changed.error());
  if (*changed != 1) return fail(Code::conflict, "complete operation", "it is completed already");
  return Done{};
}

Done set_readiness(Session& session, const std::string& id, const std::string& readiness) {
  auto changed = session.execute("UPDATE operations SET readiness = $2 WHERE id = $1", {id, readiness});
  return changed ? Done{} : Done(std::unexpected(changed.error()));
}

Result<std::vector<OperationRow>> unfinished(Session& session) { return select(session, "state = 'intended'", {}); }

Result<std::vector<OperationRow>> followed(Session& session) { return select(session, "readiness = 'following'", {}); }

Result<OperationRow> load_operation(Session& session, const std::string& workspace, const std::string& id) {
  auto rows = select(session, "id = $1 AND workspace = $2", {id, workspace});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return fail(Code::not_found, "find operation", "no such operation");
  return std::move(rows->front());
}

Result<std::vector<OperationRow>> list_operations(Session& session, const std::string& workspace, std::size_t limit) {
  return select(session, "workspace = $1 AND state <> 'proposed' ORDER BY created_at DESC, id DESC LIMIT $2",
                {workspace, std::int64_t(std::min(limit, kMaxListedOperations))});
}

Result<std::int64_t> delete_old_operations(Session& session) {
  constexpr std::string_view kOld =
      "SELECT id FROM operations WHERE created_at < $1 AND state <> 'intended' ORDER BY created_at, id LIMIT $2";
  const std::vector<Cell> oldest{(session.now() - kKeepOperations).time_since_epoch().count(),
                                 foundation::database::kRetentionBatch};
  auto approvals = session.execute(fmt::format("DELETE FROM approvals WHERE operation_id IN ({})", kOld), oldest);
  if (!approvals) return approvals;
  return session.execute(fmt::format("DELETE FROM operations WHERE id IN ({})", kOld), oldest);
}

std::span<const foundation::database::Migration> migrations() {
  static const foundation::database::Migration kMigrations[] = {{"api/change", 1, k_api_change_0001_operations_sql},
                                                                {"api/change", 2, k_api_change_0002_approvals_sql}};
  return kMigrations;
}

}  // namespace api::change
