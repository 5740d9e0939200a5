#include "api/turns/turn_store.h"

#include <fmt/format.h>

#include "api/audit/audit.h"
#include "api/operations/catalogue.h"
#include "foundation/json/value.h"
#include "foundation/json/view.h"

namespace api::turns {
namespace {

using foundation::Code;
using foundation::fail;
namespace json = foundation::json;

std::int64_t ms(WallTime at) { return at.time_since_epoch().count(); }

std::string commands_text(const std::vector<operations::Command>& commands) {
  json::Array rows;
  for (const auto& command : commands)
    rows.push_back(json::Object{{"operation", command.operation->name}, {"arguments", command.arguments}});
  return json::to_text(rows);
}

// An operation that this version no longer has is not a command any more; it keeps its place, since consumed commands
// are remembered by position.
std::vector<operations::Command> commands_of(const std::string& text) {
  std::vector<operations::Command> commands;
  auto rows = json::parse_strict(text);
  if (!rows) return commands;
  for (const auto& row : json::View(*rows).array()) {
    json::View view(row);
    commands.push_back({operations::find_operation(view["operation"].text()), view["arguments"].object()});
  }
  return commands;
}

auto not_live() { return fail(Code::unauthenticated, "use turn", "it is not live"); }

Done append_to_audit(Session& session, audit::AuditEntry entry) {
  auto record = audit::append(session, entry, session.now());
  if (!record) return std::unexpected(record.error());
  return Done{};
}

Done audit_opening(Session& session, const Turn& turn) {
  audit::AuditEntry entry;
  entry.kind = audit::Kind::turn_opened;
  entry.organization = turn.organization.str();
  entry.workspace = turn.workspace.str();
  entry.turn = turn.id;
  entry.subject = turn.user.str();
  return append_to_audit(session, std::move(entry));
}

// Closes the open turns for which `condition` on $1 holds: the outcome of those that are closed already stays.
Done close_where(Session& session, std::string_view condition, foundation::database::Cell value,
                 const std::string& outcome) {
  auto closed = session.query(fmt::format("UPDATE turns SET closed_at = $2, outcome = $3 WHERE {} AND closed_at IS NULL"
                                          " RETURNING id, organization, workspace, user_name",
                                          condition),
                              {std::move(value), ms(session.now()), outcome});
  if (!closed) return std::unexpected(closed.error());
  for (const auto& row : *closed) {
    audit::AuditEntry entry;
    entry.kind = audit::Kind::turn_closed;
    entry.organization = row.text(1);
    entry.workspace = row.text(2);
    entry.turn = row.text(0);
    entry.subject = row.text(3);
    entry.outcome = outcome;
    if (auto done = append_to_audit(session, std::move(entry)); !done) return done;
  }
  return Done{};
}

// That one more may be opened.
Done check_room(Session& session, const Turn& turn) {
  auto live = session.query(
      "SELECT conversation FROM turns WHERE user_name = $1 AND closed_at IS NULL AND deadline_at > $2"
      " AND lease_until > $2",
      {turn.user.str(), ms(session.now())});
  if (!live) return std::unexpected(live.error());
  for (const auto& row : *live)
    if (row.text(0) == turn.conversation) return fail(Code::conflict, "open turn", "the conversation is busy");
  if (live->size() >= kMaxOpenTurnsPerUser)
    return fail(Code::rate_limited, "open turn", fmt::format("{} of the user are open", live->size()));
  return Done{};
}

}  // namespace

Done open_turn(Session& session, const Turn& turn) {
  if (auto room = check_room(session, turn); !room) return room;
  WallTime now = session.now();
  auto added = session.execute(
      "INSERT INTO turns (id, kind, user_name, organization, workspace, credential, ceiling, conversation, message,"
      " commands, opened_at, deadline_at, lease_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
      {turn.id, turn.kind == Kind::chat ? "chat" : "read", turn.user.str(), turn.organization.str(),
       turn.workspace.str(), turn.credential, tenancy::to_text(turn.ceiling), turn.conversation, turn.message,
       commands_text(turn.commands), ms(now), ms(turn.deadline), ms(now + kLease)});
  if (!added) return std::unexpected(added.error());
  return audit_opening(session, turn);
}

Done renew_lease(Session& session, const std::string& id) {
  std::int64_t now = ms(session.now());
  auto renewed = session.execute(
      "UPDATE turns SET lease_until = $2 WHERE id = $1 AND closed_at IS NULL AND deadline_at > $3 AND lease_until > $3",
      {id, now + kLease.count(), now});
  if (!renewed) return std::unexpected(renewed.error());
  if (*renewed == 0) return not_live();
  return Done{};
}

Done close_turn(Session& session, const std::string& id, const std::string& outcome) {
  return close_where(session, "id = $1", id, outcome);
}

Done close_turns_of(Session& session, const tenancy::UserName& user) {
  return close_where(session, "user_name = $1", user.str(), "cancelled");
}

Done close_turns_opened_by(Session& session, const std::string& credential) {
  return close_where(session, "credential = $1", credential, "cancelled");
}

Done close_dead_turns(Session& session) { return close_where(session, "lease_until <= $1", ms(session.now()), "cut"); }

Result<Turn> live_turn(Session& session, const std::string& id) {
  auto rows = session.query(
      "SELECT kind, user_name, organization, workspace, credential, ceiling, conversation, message, commands,"
      " deadline_at FROM turns WHERE id = $1 AND closed_at IS NULL AND deadline_at > $2 AND lease_until > $2",
      {id, ms(session.now())});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return not_live();
  const auto& row = rows->front();
  return Turn{.id = id,
              .kind = row.text(0) == "chat" ? Kind::chat : Kind::read,
              .user = tenancy::UserName(row.text(1)),
              .organization = tenancy::OrganizationName(row.text(2)),
              .workspace = tenancy::WorkspaceName(row.text(3)),
              .credential = row.text(4),
              .ceiling = tenancy::parse_ceiling(row.text(5)),
              .conversation = row.text(6),
              .message = row.text(7),
              .commands = commands_of(row.text(8)),
              .deadline = WallTime(Milliseconds(row.integer(9)))};
}

Result<std::vector<std::size_t>> open_commands(Session& session, const Turn& turn) {
  auto rows = session.query("SELECT position FROM consumed_commands WHERE turn = $1", {turn.id});
  if (!rows) return std::unexpected(rows.error());
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < turn.commands.size(); ++i) {
    bool consumed = turn.commands[i].operation == nullptr;
    for (const auto& row : *rows) consumed = consumed || row.integer(0) == std::int64_t(i);
    if (!consumed) open.push_back(i);
  }
  return open;
}

Done consume_command(Session& session, const std::string& turn, std::size_t position, const std::string& operation_id) {
  auto added = session.execute("INSERT INTO consumed_commands (turn, position, operation_id) VALUES ($1, $2, $3)",
                               {turn, std::int64_t(position), operation_id});
  if (!added) return std::unexpected(added.error());
  return Done{};
}

WallTime turns_kept_from(WallTime now) { return now - kKeepTurns; }

// Ids are UUIDs of version 7, so the smallest are the oldest: no index by age, which every turn would pay for.
Result<std::int64_t> delete_old_turns(Session& session) {
  constexpr std::string_view kOld =
      "(SELECT id FROM (SELECT id, opened_at FROM turns ORDER BY id LIMIT $2)"
      " WHERE opened_at < $1)";
  const std::vector<foundation::database::Cell> bounds{ms(turns_kept_from(session.now())),
                                                       foundation::database::kRetentionBatch};
  auto consumed = session.execute(fmt::format("DELETE FROM consumed_commands WHERE turn IN {}", kOld), bounds);
  if (!consumed) return consumed;
  return session.execute(fmt::format("DELETE FROM turns WHERE id IN {}", kOld), bounds);
}

}  // namespace api::turns
