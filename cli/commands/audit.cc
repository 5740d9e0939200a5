#include "cli/render/audit.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/commands/command_table.h"
#include "cli/commands/visit.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::json::View;

struct Options {
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> before;
};

Exit list(Visit& visit, const Options& options) {
  auto page = visit.loop.run(visit.api.audit({visit.place, options.limit, options.before}));
  if (!page) return visit.complain(page.error());
  return tell(visit.shell, *page, render::audit_text(visit.shell.terminal.look, View(*page)));
}

// A chain that does not hold is a failure: scripts watch for it.
Exit verify(Visit& visit) {
  auto verdict = visit.loop.run(visit.api.verify_audit(visit.place));
  if (!verdict) return visit.complain(verdict.error());
  (void)tell(visit.shell, *verdict, render::verification_text(visit.shell.terminal.look, View(*verdict)));
  return View(*verdict)["ok"].boolean_or(false) ? Exit::done : Exit::failed;
}

}  // namespace

Declared declare_audit(CLI::App& own) {
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  auto* listing = own.add_subcommand("list", "the entries of the workspace, newest first; needs audit.read");
  listing->add_option("--limit", options->limit, "at most so many entries")->check(CLI::Range(1, 500));
  listing->add_option("--before", options->before, "only entries with a smaller number")->check(CLI::PositiveNumber);
  auto* verifying = own.add_subcommand("verify", "recompute the organization's chain; needs audit.read");
  std::vector<Declared> parts;
  parts.push_back({listing, [options](Shell& shell) {
                     return in_workspace(shell, [&](Visit& visit) { return list(visit, *options); });
                   }});
  parts.push_back({verifying, [](Shell& shell) { return in_workspace(shell, verify); }});
  return one_of(own, std::move(parts));
}

}  // namespace cli::commands
