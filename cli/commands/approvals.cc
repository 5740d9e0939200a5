#include "cli/render/approvals.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/commands/command_table.h"
#include "cli/commands/decision.h"
#include "cli/render/operations.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::json::View;

struct Options {
  std::string id;
  bool yes = false;
};
using Action = Exit (*)(Visit& visit, const Options& options, const json::Value& approval);

Exit list(Visit& visit) {
  return tell_reply(visit, visit.api.approvals(visit.place),
                    [&](View page) { return render::approvals_text(visit.shell.terminal.look, page, now()); });
}

Exit show(Visit& visit, const Options&, const json::Value& approval) {
  const auto& look = visit.shell.terminal.look;
  return tell(
      visit.shell, approval,
      render::approval_text(look, View(approval), now()) + render::approval_details_text(look, View(approval), now()));
}

Exit approve_shown(Visit& visit, const Options& options, const json::Value& approval) {
  Shell& shell = visit.shell;
  const auto& look = shell.terminal.look;
  if (!options.yes) return deliberate(visit, *shell.lines(), approval).exit;
  if (shell.settings.output == Output::text)
    shell.out << render::approval_text(look, View(approval), now()) << std::flush;
  auto decided = approve(visit, approval, false);
  if (!decided.operation) return decided.exit;
  return tell(shell, *decided.operation, render::operation_text(look, View(*decided.operation)));
}

Exit reject_named(Visit& visit, const Options&, const json::Value& approval) { return reject(visit, approval); }

// The approval that the user named, then what to do with it.
Exit on_approval(Shell& shell, const Options& options, Action action) {
  return in_workspace(shell, [&](Visit& visit) {
    auto approval = visit.loop.run(find_approval(visit.api, visit.item(options.id)));
    return approval ? action(visit, options, *approval) : visit.complain(approval.error());
  });
}

Exit approve_named(Shell& shell, const Options& options) {
  if (!options.yes && !shell.prompts()) {
    shell.err << "hks: no terminal to ask on; --yes approves what the control plane shows\n";
    return Exit::usage;
  }
  return on_approval(shell, options, approve_shown);
}

Exit list_all(Shell& shell) { return in_workspace(shell, list); }

}  // namespace

Declared declare_approvals(CLI::App& own) {
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  auto named = [&](const char* name, const char* summary) {
    auto* part = own.add_subcommand(name, summary);
    part->add_option("ID", options->id, "of an approval, or its beginning")->required();
    return part;
  };
  std::vector<Declared> parts;
  parts.push_back({own.add_subcommand("list", "what waits, oldest first"), list_all});
  parts.push_back({named("show", "what exactly would be done"),
                   [options](Shell& shell) { return on_approval(shell, *options, show); }});
  auto* approving = named("approve", "show it, ask, and run exactly that");
  approving->add_flag("--yes", options->yes, "do not ask");
  parts.push_back({approving, [options](Shell& shell) { return approve_named(shell, *options); }});
  parts.push_back({named("reject", "it shall not run"),
                   [options](Shell& shell) { return on_approval(shell, *options, reject_named); }});
  return one_of(own, std::move(parts), list_all);
}

}  // namespace cli::commands
