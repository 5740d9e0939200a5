#include "cli/commands/undo.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/commands/command_table.h"
#include "cli/commands/ids.h"
#include "cli/render/approvals.h"
#include "cli/render/operations.h"
#include "foundation/base/uuid.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::json::View;

constexpr int kSearched = 500;  // operations among which a beginning is looked up: as many as one page has

Exit undo(Visit& visit, const std::string& typed) {
  auto undone = undo_operation(visit, typed);
  if (!undone) return visit.complain(undone.error());
  if (undone->approval) {
    (void)tell(visit.shell, undone->reply,
               render::approval_text(visit.shell.terminal.look, View(*undone->approval), now()));
    return Exit::waiting;
  }
  return tell(visit.shell, *undone->operation,
              render::operation_text(visit.shell.terminal.look, View(*undone->operation)));
}

}  // namespace

async::Task<std::string> find_operation(client::Api& api, client::Item typed) {
  if (foundation::is_uuid(typed.id)) co_return typed.id;
  auto page = co_await api.operations(typed.parent, kSearched);
  if (!page) co_return std::unexpected(page.error());
  co_return unique_id("operation", typed.id, View(*page)["operations"], "operation_id");
}

foundation::Result<Undone> undo_operation(Visit& visit, std::string typed) {
  auto id = visit.loop.run(find_operation(visit.api, visit.item(std::move(typed))));
  if (!id) return std::unexpected(id.error());
  auto reply = visit.loop.run(visit.api.undo(visit.item(*id)));
  if (!reply) return std::unexpected(reply.error());
  Undone undone{std::move(*id), std::move(*reply)};
  if (auto waiting = View(undone.reply)["approval_id"].text(); !waiting.empty()) {
    auto approval = visit.loop.run(visit.api.approval(visit.item(std::string(waiting))));
    if (!approval) return std::unexpected(approval.error());
    undone.approval = std::move(*approval);
    return undone;
  }
  json::Object operation{{"operation", "undo"}};
  for (const auto& [name, value] : View(undone.reply).object()) operation[name] = value;
  undone.operation = json::Value(std::move(operation));
  return undone;
}

Declared declare_undo(CLI::App& own) {
  auto id = std::make_shared<std::string>();  // shared: the parser writes it and the command reads it
  own.add_option("ID", *id, "of an operation, or its beginning")->required();
  return {&own, [id](Shell& shell) { return in_workspace(shell, [&](Visit& visit) { return undo(visit, *id); }); }};
}

}  // namespace cli::commands
