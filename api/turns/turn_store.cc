#include "api/turns/turn_store.h"

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

std::string ceiling_text(const tenancy::Ceiling& ceiling) {
  json::Array names;
  for (auto permission : ceiling.at_most) names.push_back(json::Value(tenancy::to_string(permission)));
  return json::to_text(names);
}

// An unknown permission gives nothing.
tenancy::Ceiling ceiling_of(const std::string& text) {
  tenancy::Ceiling ceiling{.at_most = {}};
  auto names = json::parse_strict(text);
  if (!names) return ceiling;
  for (const auto& name : json::View(*names).array())
    if (auto permission = tenancy::parse_permission(json::View(name).text())) ceiling.at_most.insert(*permission);
  return ceiling;
}

auto not_live() { return fail(Code::unauthenticated, "use turn", "it is not live"); }

}  // namespace

Done open_turn(Session& session, const Turn& turn) {
  WallTime now = session.now();
  auto busy = session.query(
      "SELECT 1 FROM turns WHERE conversation = $1 AND user_name = $3 AND closed_at IS NULL AND deadline_at > $2"
      " AND lease_until > $2",
      {turn.conversation, ms(now), turn.user.str()});
  if (!busy) return std::unexpected(busy.error());
  if (!busy->empty()) return fail(Code::conflict, "open turn", "the conversation is busy");
  auto added = session.execute(
      "INSERT INTO turns (id, kind, user_name, organization, workspace, credential, ceiling, conversation, message,"
      " commands, opened_at, deadline_at, lease_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
      {turn.id, turn.kind == Kind::chat ? "chat" : "read", turn.user.str(), turn.organization.str(),
       turn.workspace.str(), turn.credential, ceiling_text(turn.ceiling), turn.conversation, turn.message,
       commands_text(turn.commands), ms(now), ms(turn.deadline), ms(now + kLease)});
  if (!added) return std::unexpected(added.error());
  return Done{};
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
  auto closed = session.execute("UPDATE turns SET closed_at = $2, outcome = $3 WHERE id = $1 AND closed_at IS NULL",
                                {id, ms(session.now()), outcome});
  if (!closed) return std::unexpected(closed.error());
  return Done{};
}

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
              .ceiling = ceiling_of(row.text(5)),
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

}  // namespace api::turns
