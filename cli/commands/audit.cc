#include "cli/render/audit.h"

#include <CLI/CLI.hpp>

#include "cli/commands/command_table.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::json::View;

struct Options {
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> before;
};

Exit list(Shell& shell, const Options& options) {
  Loop loop;
  auto api = signed_in(shell, loop);
  if (!api) return complain(shell, api.error());
  auto workspace = loop.run(find_workspace(**api, shell.settings.workspace));
  if (!workspace) return complain_of_workspace(shell, workspace.error());
  auto page = loop.run((*api)->audit({std::move(*workspace), options.limit, options.before}));
  if (!page) return complain(shell, page.error());
  if (shell.settings.output == Output::json) {
    shell.out << json::to_text(render::visible_value(*page)) << '\n';
  } else {
    shell.out << render::audit_text(shell.terminal.look, View(*page));
  }
  return Exit::done;
}

}  // namespace

Declared declare_audit(CLI::App& own) {
  own.require_subcommand(1);
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  auto* listing = own.add_subcommand("list", "the entries of the workspace, newest first; needs audit.read");
  listing->add_option("--limit", options->limit, "at most so many entries")->check(CLI::Range(1, 500));
  listing->add_option("--before", options->before, "only entries with a smaller number")->check(CLI::PositiveNumber);
  return {listing, [options](Shell& shell) { return list(shell, *options); }};
}

}  // namespace cli::commands
