#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/commands/command_table.h"
#include "cli/commands/visit.h"
#include "cli/render/tables.h"
#include "foundation/base/files.h"
#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::json::View;

struct Options {
  std::string organization, name;
  bool all = false;
  std::optional<std::string> display;
  std::vector<std::string> projects;
  std::string kubeconfig;
};

Exit list_own(Shell& shell) {
  Loop loop;
  auto api = signed_in(shell, loop);
  if (!api) return complain(shell, api.error());
  auto page = loop.run((*api)->workspaces());
  if (!page) return complain(shell, page.error());
  return tell(shell, *page, render::workspaces_text(shell.terminal.look, View(*page)));
}

Exit list_organization(Visit& visit) {
  auto page = visit.loop.run(visit.api.workspaces_of(visit.place));
  if (!page) return visit.complain(page.error());
  return tell(visit.shell, *page, render::workspaces_text(visit.shell.terminal.look, View(*page)));
}

// What the options say of it; a kubeconfig is sent as text and sealed by the control plane.
foundation::Result<json::Object> described(const Options& options) {
  json::Object workspace;
  if (options.display) workspace["display"] = *options.display;
  if (!options.projects.empty()) workspace["projects"] = json::Array(options.projects.begin(), options.projects.end());
  if (options.kubeconfig.empty()) return workspace;
  auto text = foundation::read_file(options.kubeconfig);
  if (!text) return std::unexpected(text.error());
  workspace["kubeconfig"] = *text;
  return workspace;
}

Exit add(Visit& visit, const Options& options) {
  auto workspace = described(options);
  if (!workspace) return visit.complain(workspace.error());
  (*workspace)["name"] = options.name;
  auto added = visit.loop.run(visit.api.add_workspace(visit.place, std::move(*workspace)));
  if (!added) return visit.complain(added.error());
  return tell(visit.shell, *added,
              render::one_line(fmt::format(" {} is a workspace of {}", options.name, visit.place)) + "\n");
}

Exit change(Visit& visit, const Options& options) {
  auto workspace = described(options);
  if (!workspace) return visit.complain(workspace.error());
  auto changed = visit.loop.run(visit.api.change_workspace(visit.item(options.name), std::move(*workspace)));
  if (!changed) return visit.complain(changed.error());
  return tell(visit.shell, *changed, render::one_line(fmt::format(" {} is changed", options.name)) + "\n");
}

Declared on_one(CLI::App& own, const char* verb, const char* summary, std::shared_ptr<Options> options,
                Exit (*action)(Visit&, const Options&)) {
  bool adds = action == add;
  auto* part = own.add_subcommand(verb, summary);
  part->add_option("NAME", options->name)->required();
  if (adds) part->add_option("--display", options->display, "the name that people read")->type_name("TEXT");
  part->add_option("--project", options->projects, "a namespace that belongs to it; once for each")
      ->type_name("NAME")
      ->required(adds);
  part->add_option("--kubeconfig", options->kubeconfig, "how the control plane reaches the cluster")
      ->type_name("FILE")
      ->required(adds);
  return {part, [options, action](Shell& shell) {
            return in_organization(shell, options->organization, [&](Visit& visit) { return action(visit, *options); });
          }};
}

}  // namespace

Declared declare_workspaces(CLI::App& own) {
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  own.add_option("--organization", options->organization, "default: your only one")->type_name("NAME");
  auto list = [options](Shell& shell) {
    return options->all ? in_organization(shell, options->organization, list_organization) : list_own(shell);
  };
  own.add_flag("--all", options->all, "list all of the organization; for its managers");
  std::vector<Declared> parts;
  parts.push_back({own.add_subcommand("list", "those that you are a member of"), list});
  parts.push_back(on_one(own, "add", "a new workspace on a cluster", options, add));
  parts.push_back(on_one(own, "change", "its projects or its cluster", options, change));
  return one_of(own, std::move(parts), list);
}

}  // namespace cli::commands
