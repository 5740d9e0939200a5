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
  std::vector<std::string> policy;
};

// "allow_unattended_approval=off", "high=never": which members there are, and their values, is the control plane's to
// say.
std::string wrong_member(const std::string& said) {
  auto equals = said.find('=');
  bool is_member = equals != std::string::npos && equals > 0 && equals + 1 < said.size();
  return is_member ? "" : "must be NAME=VALUE";
}

void set_member(json::Object& policy, std::string_view said) {
  std::string_view name = said.substr(0, said.find('=')), value = said.substr(name.size() + 1);
  if (value == "on" || value == "off") {
    policy[name] = value == "on";
  } else {
    policy[name] = value;
  }
}

Exit list_own(Shell& shell) {
  Loop loop;
  auto api = signed_in(shell, loop);
  if (!api) return complain(shell, api.error());
  auto page = loop.run((*api)->workspaces());
  if (!page) return complain(shell, page.error());
  return tell(shell, *page, render::workspaces_text(shell.terminal.look, View(*page)));
}

Exit list_organization(Visit& visit) {
  return tell_reply(visit, visit.api.workspaces_of(visit.place),
                    [&](View page) { return render::workspaces_text(visit.shell.terminal.look, page); });
}

// What the options say of it; a kubeconfig is sent as text and sealed by the control plane.
foundation::Result<json::Object> described(const Options& options) {
  json::Object workspace;
  if (options.display) workspace["display"] = *options.display;
  if (!options.projects.empty()) workspace["projects"] = json::Array(options.projects.begin(), options.projects.end());
  if (!options.policy.empty()) {
    json::Object policy;
    for (const auto& member : options.policy) set_member(policy, member);
    workspace["policy"] = std::move(policy);
  }
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
  return tell_reply(visit, visit.api.add_workspace(visit.place, std::move(*workspace)), [&](View) {
    return render::one_line(fmt::format(" {} is a workspace of {}", options.name, visit.place)) + "\n";
  });
}

Exit change(Visit& visit, const Options& options) {
  auto workspace = described(options);
  if (!workspace) return visit.complain(workspace.error());
  return tell_reply(visit, visit.api.change_workspace(visit.item(options.name), std::move(*workspace)),
                    [&](View) { return render::one_line(fmt::format(" {} is changed", options.name)) + "\n"; });
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
  if (!adds)
    part->add_option(
            "--policy", options->policy,
            "once for each: allow_external_model or allow_unattended_approval =on or =off; a risk (low, medium, "
            "high) =run when commanded, =approve, =two-person or =never")
        ->type_name("NAME=VALUE")
        ->check(wrong_member);
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
  parts.push_back(on_one(own, "change", "its projects, its cluster or its policy", options, change));
  return one_of(own, std::move(parts), list);
}

}  // namespace cli::commands
