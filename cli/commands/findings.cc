#include "cli/render/findings.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/commands/command_table.h"
#include "cli/commands/visit.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::json::View;

struct Options {
  client::FindingsQuery query;
  bool evidence = false;
};

// That something is wrong is an answer: only a question without one fails.
Exit list(Visit& visit, const Options& options) {
  auto query = options.query;
  query.workspace = visit.place;
  auto evidence = options.evidence ? render::Evidence::shown : render::Evidence::left_out;
  return tell_reply(visit, visit.api.findings(std::move(query)),
                    [&](View page) { return render::findings_page_text(visit.shell.terminal.look, page, evidence); });
}

std::string no_object(const std::string& text) {
  return text.contains('/') ? "" : "it is not of the form Deployment/web";
}

}  // namespace

Declared declare_findings(CLI::App& own) {
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  own.add_option("OBJECT", options->query.object, "only what is about this one, and its causes: Deployment/web")
      ->check(no_object);
  own.add_option("--project", options->query.project, "only what is in this one, and its causes");
  own.add_option("--severity", options->query.severity, "at least this")
      ->check(CLI::IsMember({"info", "warning", "critical"}));
  own.add_flag("--evidence", options->evidence, "with what each rests on");
  return {&own,
          [options](Shell& shell) { return in_workspace(shell, [&](Visit& visit) { return list(visit, *options); }); }};
}

}  // namespace cli::commands
