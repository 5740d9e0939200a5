#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/commands/command_table.h"
#include "cli/commands/ids.h"
#include "cli/commands/visit.h"
#include "cli/render/tables.h"

namespace cli::commands {
namespace {

using foundation::json::View;

struct Options {
  std::string user, role;
  std::optional<std::string> project;
  bool deny = false;
  std::string id;
};

Exit list(Visit& visit) {
  return tell_reply(visit, visit.api.members(visit.place),
                    [&](View page) { return render::members_text(visit.shell.terminal.look, page); });
}

Exit add(Visit& visit, const Options& options) {
  json::Object member{{"user", options.user}, {"role", options.role}};
  if (options.project) member["project"] = *options.project;
  if (options.deny) member["effect"] = "deny";
  auto where = options.project ? "project " + *options.project : "workspace " + visit.place;
  return tell_reply(visit, visit.api.add_member(visit.place, std::move(member)), [&](View) {
    return render::one_line(
               fmt::format(" {} is {}{} in {}", options.user, options.deny ? "denied " : "", options.role, where)) +
           "\n";
  });
}

async::Task<json::Value> find_member(client::Api& api, client::Item typed) {
  auto page = co_await api.members(typed.parent);
  if (!page) co_return std::unexpected(page.error());
  auto id = unique_id("member", typed.id, View(*page)["members"], "id");
  if (!id) co_return std::unexpected(id.error());
  for (const auto& member : View(*page)["members"].array())
    if (View(member)["id"].text() == *id) co_return member;
  co_return foundation::fail(foundation::Code::not_found, "find member " + *id);
}

Exit remove(Visit& visit, const Options& options) {
  auto found = visit.loop.run(find_member(visit.api, visit.item(options.id)));
  if (!found) return visit.complain(found.error());
  View member(*found);
  auto removed = visit.loop.run(visit.api.remove_member(visit.item(std::string(member["id"].text()))));
  if (!removed) return visit.complain(removed.error());
  return tell(visit.shell, *found,
              render::one_line(fmt::format(" {} is no longer {}{} in {}", member["user"].text(),
                                           render::denies(member) ? "denied " : "", member["role"].text(),
                                           member["project"].text(visit.place))) +
                  "\n");
}

Exit list_all(Shell& shell) { return in_workspace(shell, list); }

}  // namespace

Declared declare_members(CLI::App& own) {
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  auto* adding = own.add_subcommand("add", "give a user of the organization a role, or deny them what is in it");
  adding->add_option("USER", options->user)->required();
  adding->add_option("ROLE", options->role, "viewer, editor, admin or one of the organization's: hks roles")
      ->required();
  adding->add_option("--project", options->project, "only there; default: the whole workspace")->type_name("NAME");
  adding->add_flag("--deny", options->deny, "take what is in the role from them, whatever else they have");
  auto* removing = own.add_subcommand("remove", "take a role, or a denial, away");
  removing->add_option("ID", options->id, "of a member as listed, or its beginning")->required();
  std::vector<Declared> parts;
  parts.push_back({own.add_subcommand("list", "users with their roles"), list_all});
  parts.push_back({adding, [options](Shell& shell) {
                     return in_workspace(shell, [&](Visit& visit) { return add(visit, *options); });
                   }});
  parts.push_back({removing, [options](Shell& shell) {
                     return in_workspace(shell, [&](Visit& visit) { return remove(visit, *options); });
                   }});
  return one_of(own, std::move(parts), list_all);
}

}  // namespace cli::commands
