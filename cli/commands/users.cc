#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/commands/command_table.h"
#include "cli/commands/visit.h"
#include "cli/render/moments.h"
#include "cli/render/tables.h"
#include "cli/terminal/prompt.h"

namespace cli::commands {
namespace {

using foundation::json::View;

struct Options {
  std::string organization, name;
  std::optional<std::string> display;
  bool password_stdin = false;
};

// What can be changed of a user: one member of the route's body.
struct Change {
  const char* verb;
  const char* summary;
  const char* member;
  bool value;
  const char* done;  // behind the name
};
constexpr Change kChanges[] = {
    {"disable", "end the user's sessions and let nobody sign in as them", "disabled", true, "is disabled"},
    {"enable", "let a disabled user sign in again", "disabled", false, "is enabled"},
    {"promote", "make the user a manager of the organization", "manager", true, "is a manager"},
    {"demote", "take that from them", "manager", false, "is no manager"},
    {"invite", "a new one-time invitation, for a first or a forgotten password", "new_invitation", true, "is invited"},
};

std::string with_invitation(std::string text, View reply, const std::string& server) {
  auto token = reply["invitation"].text();
  text = render::one_line(text) + "\n";
  if (token.empty()) return text;
  return text +
         render::one_line(fmt::format(" To set a password, once and until {}: hks --server {} login --invitation {}",
                                      render::absolute_moment(reply["invitation_expires_at"].text()), server, token)) +
         "\n";
}

Exit list(Visit& visit) {
  return tell_reply(visit, visit.api.users(visit.place),
                    [&](View page) { return render::users_text(visit.shell.terminal.look, page); });
}

Exit add(Visit& visit, const Options& options) {
  json::Object user{{"name", options.name}};
  if (options.display) user["display"] = *options.display;
  if (options.password_stdin) {
    auto password = terminal::read_line(visit.shell.in);
    if (!password || password->empty()) {
      visit.shell.err << "hks: no password was given\n";
      return Exit::usage;
    }
    user["password"] = *password;
  }
  return tell_reply(visit, visit.api.add_user(visit.place, std::move(user)), [&](View added) {
    return with_invitation(fmt::format(" {} is a user of {}", options.name, visit.place), added, visit.api.server());
  });
}

Exit change(Visit& visit, const Options& options, const Change& what) {
  json::Object change{{what.member, what.value}};
  return tell_reply(visit, visit.api.change_user(visit.item(options.name), std::move(change)), [&](View changed) {
    return with_invitation(fmt::format(" {} {}", options.name, what.done), changed, visit.api.server());
  });
}

}  // namespace

Declared declare_users(CLI::App& own) {
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  own.add_option("--organization", options->organization, "default: your only one")->type_name("NAME");
  auto list_all = [options](Shell& shell) { return in_organization(shell, options->organization, list); };
  auto named = [&](const char* verb, const char* summary) {
    auto* part = own.add_subcommand(verb, summary);
    part->add_option("NAME", options->name)->required();
    return part;
  };
  auto* adding = named("add", "a new user; without a password a one-time invitation is printed");
  adding->add_option("--display", options->display, "the name that people read")->type_name("TEXT");
  adding->add_flag("--password-stdin", options->password_stdin, "read a password from standard input, one line");
  std::vector<Declared> parts;
  parts.push_back({own.add_subcommand("list", "all users"), list_all});
  parts.push_back({adding, [options](Shell& shell) {
                     return in_organization(shell, options->organization,
                                            [&](Visit& visit) { return add(visit, *options); });
                   }});
  for (const Change& what : kChanges)
    parts.push_back({named(what.verb, what.summary), [options, &what](Shell& shell) {
                       return in_organization(shell, options->organization,
                                              [&](Visit& visit) { return change(visit, *options, what); });
                     }});
  return one_of(own, std::move(parts), list_all);
}

}  // namespace cli::commands
