#include "cli/commands/slash_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/commands/decision.h"
#include "cli/commands/undo.h"
#include "cli/render/approvals.h"
#include "cli/render/operations.h"
#include "cli/render/tables.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::json::View;

constexpr int kOperationsShown = 10;

void help(Conversation& conversation, const std::string& unused);

void approvals(Conversation& conversation, const std::string&) {
  auto& [shell, loop, api, place] = conversation.visit;
  auto page = loop.run(api.approvals(place));
  if (!page) return (void)complain(shell, page.error());
  shell.out << render::approvals_text(shell.terminal.look, View(*page), now());
}

void operations(Conversation& conversation, const std::string&) {
  auto& [shell, loop, api, place] = conversation.visit;
  auto page = loop.run(api.operations(place, kOperationsShown));
  if (!page) return (void)complain(shell, page.error());
  shell.out << render::operations_text(shell.terminal.look, View(*page), now());
}

async::Task<json::Value> only_approval(client::Api& api, std::string workspace) {
  auto page = co_await api.approvals(workspace);
  if (!page) co_return std::unexpected(page.error());
  const auto& open = View(*page)["approvals"].array();
  if (open.size() != 1)
    co_return foundation::fail(foundation::Code::invalid, "choose a proposal",
                               open.empty() ? "nothing waits for an approval"
                                            : fmt::format("{} wait; /approvals lists them, name one", open.size()));
  co_return co_await api.approval({std::move(workspace), std::string(View(open.front())["approval_id"].text())});
}

foundation::Result<json::Value> approval_of(Visit& visit, const std::string& typed) {
  return visit.loop.run(typed.empty() ? only_approval(visit.api, visit.place)
                                      : find_approval(visit.api, visit.item(typed)));
}

void approve_slash(Conversation& conversation, const std::string& typed) {
  auto approval = approval_of(conversation.visit, typed);
  if (!approval) return (void)conversation.visit.complain(approval.error());
  decide_on(conversation, *approval);
}

void reject_slash(Conversation& conversation, const std::string& typed) {
  auto approval = approval_of(conversation.visit, typed);
  if (!approval) return (void)conversation.visit.complain(approval.error());
  (void)reject(conversation.visit, *approval);
}

void undo_slash(Conversation& conversation, const std::string& typed) {
  Visit& visit = conversation.visit;
  if (typed.empty() && conversation.undoable.empty()) {
    visit.shell.out << " Nothing in this conversation can be undone; /operations lists what can: /undo ID\n";
    return;
  }
  auto undone = undo_operation(visit, typed.empty() ? conversation.undoable.back() : typed);
  if (!undone) return (void)visit.complain(undone.error());
  std::erase(conversation.undoable, undone->original);
  if (undone->approval) return decide_on(conversation, *undone->approval);
  visit.shell.out << render::operation_text(visit.shell.terminal.look, View(*undone->operation));
  take_up(conversation, {change_of(View(*undone->operation)).operation_id, false});
}

void workspace(Conversation& conversation, const std::string& name) {
  Visit& visit = conversation.visit;
  auto page = visit.loop.run(visit.api.workspaces());
  if (!page) return (void)visit.complain(page.error());
  if (name.empty()) {
    visit.shell.out << render::workspaces_text(visit.shell.terminal.look, View(*page));
    return;
  }
  const auto& rows = View(*page)["workspaces"].array();
  if (std::ranges::none_of(rows, [&](const auto& row) { return View(row)["name"].text() == name; }))
    return (void)visit.complain({foundation::Code::not_found, "go to workspace " + name, "you have none of that name"});
  visit.place = name;
  conversation.talk = {};
  conversation.undoable.clear();
}

void quit(Conversation& conversation, const std::string&) { conversation.over = true; }

struct SlashCommand {
  std::string_view name, argument, summary;
  void (*run)(Conversation& conversation, const std::string& argument);
};
constexpr SlashCommand kSlashCommands[] = {
    {"/help", "", "this text", help},
    {"/approvals", "", "what waits for an approval", approvals},
    {"/approve", "[ID]", "look at a proposal and decide; without ID the only one", approve_slash},
    {"/reject", "[ID]", "reject a proposal", reject_slash},
    {"/undo", "[ID]", "put back what an operation changed; without ID the last of this conversation", undo_slash},
    {"/operations", "", "what was changed lately", operations},
    {"/workspace", "[NAME]", "go to another workspace; without NAME list them", workspace},
    {"/quit", "", "end (Ctrl-D too); Ctrl-C stops an answer", quit},
};

void help(Conversation& conversation, const std::string&) {
  auto& out = conversation.visit.shell.out;
  out << " Ask anything: what is wrong?  why is checkout failing?  Or command: scale web to 5\n";
  for (const auto& command : kSlashCommands)
    out << fmt::format(" {:<18} {}\n", fmt::format("{} {}", command.name, command.argument), command.summary);
}

}  // namespace

std::vector<std::string> slash_names() {
  std::vector<std::string> names;
  for (const auto& command : kSlashCommands) names.emplace_back(command.name);
  return names;
}

void run_slash_command(Conversation& conversation, std::string_view line) {
  auto name = line.substr(0, line.find(' '));
  std::string argument(line.substr(std::min(name.size() + 1, line.size())));
  argument.erase(0, argument.find_first_not_of(' '));
  argument.erase(argument.find_last_not_of(' ') + 1);
  auto row = std::ranges::find(kSlashCommands, name, &SlashCommand::name);
  if (row != std::end(kSlashCommands)) return row->run(conversation, argument);
  conversation.visit.shell.err << "hks: there is no " << render::one_line(name) << "\n";
  help(conversation, {});
}

}  // namespace cli::commands
