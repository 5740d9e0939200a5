#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/commands/command_table.h"
#include "cli/commands/visit.h"
#include "cli/render/tables.h"

namespace cli::commands {
namespace {

using foundation::json::View;

struct Options {
  std::string organization, name;
  std::vector<std::string> permissions;
};

json::Array permissions_of(const Options& options) {
  return json::Array(options.permissions.begin(), options.permissions.end());
}

Exit list(Visit& visit) {
  return tell_reply(visit, visit.api.roles(visit.place),
                    [&](View page) { return render::roles_text(visit.shell.terminal.look, page); });
}

std::string line(const Options& options, std::string_view what) {
  return render::one_line(fmt::format(" {} {}", options.name, what)) + "\n";
}

Exit add(Visit& visit, const Options& options) {
  json::Object role{{"name", options.name}, {"permissions", permissions_of(options)}};
  return tell_reply(visit, visit.api.add_role(visit.place, std::move(role)),
                    [&](View) { return line(options, "is a role of " + visit.place); });
}

Exit change(Visit& visit, const Options& options) {
  json::Object changes{{"permissions", permissions_of(options)}};
  return tell_reply(visit, visit.api.change_role(visit.item(options.name), std::move(changes)),
                    [&](View) { return line(options, "is changed, for everybody who has it"); });
}

Exit remove(Visit& visit, const Options& options) {
  return tell_reply(visit, visit.api.remove_role(visit.item(options.name)),
                    [&](View) { return line(options, "is no role any more"); });
}

struct Part {
  const char* verb;
  const char* summary;
  Exit (*run)(Visit&, const Options&);
  bool takes_permissions;
};
constexpr Part kParts[] = {
    {"add", "a new role: some permissions under a name", add, true},
    {"change", "other permissions, at once for everybody who has the role", change, true},
    {"remove", "a role that nobody has", remove, false},
};

}  // namespace

Declared declare_roles(CLI::App& own) {
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  own.add_option("--organization", options->organization, "default: your only one")->type_name("NAME");
  auto list_all = [options](Shell& shell) { return in_organization(shell, options->organization, list); };
  std::vector<Declared> parts;
  parts.push_back({own.add_subcommand("list", "all roles with their permissions"), list_all});
  for (const Part& part : kParts) {
    auto* parser = own.add_subcommand(part.verb, part.summary);
    parser->add_option("NAME", options->name)->required();
    if (part.takes_permissions)
      parser->add_option("PERMISSION", options->permissions, "such as objects.read; admin has them all: hks roles")
          ->required();
    parts.push_back({parser, [options, &part](Shell& shell) {
                       return in_organization(shell, options->organization,
                                              [&](Visit& visit) { return part.run(visit, *options); });
                     }});
  }
  return one_of(own, std::move(parts), list_all);
}

}  // namespace cli::commands
