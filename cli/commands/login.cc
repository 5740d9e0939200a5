#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/client/origin.h"
#include "cli/client/session_file.h"
#include "cli/commands/command_table.h"
#include "cli/commands/visit.h"
#include "cli/terminal/prompt.h"

namespace cli::commands {
namespace {

using foundation::Secret;

struct Options {
  std::string user;
  std::string invitation;  // a token, or the link that ends in #token
  bool password_stdin = false;
  std::vector<std::string> permissions;
};

// A password from standard input, or from a person who does not see it; a new one is asked for twice.
std::optional<Secret> read_password(Shell& shell, const Options& options, const std::string& server) {
  std::optional<std::string> password;
  bool is_new = !options.invitation.empty();
  if (options.password_stdin) {
    password = terminal::read_line(shell.in);
  } else {
    auto whose = is_new ? "Your new password" : "Password of " + options.user;
    password = terminal::read_hidden_line(shell.in, shell.err, fmt::format("{} at {}: ", whose, server));
    if (is_new && password && terminal::read_hidden_line(shell.in, shell.err, "The same again: ") != password) {
      shell.err << "hks: the two differ; nothing was set\n";
      return std::nullopt;
    }
  }
  if (password && !password->empty()) return Secret(std::move(*password));
  shell.err << "hks: no password was given\n";
  return std::nullopt;
}

Exit tell_signed_in(Shell& shell, const client::SavedSession& session) {
  json::Object line{{"user", session.user}, {"server", session.server}, {"expires_at", session.expires_at}};
  return tell(shell, line,
              render::one_line(
                  fmt::format("Signed in as {} at {} until {}", session.user, session.server, session.expires_at)) +
                  "\n");
}

// A link says where the control plane is, unless --server does.
void take_link_apart(Shell& shell, Options& options) {
  auto hash = options.invitation.find('#');
  if (hash == std::string::npos) return;
  if (shell.settings.server.empty()) {
    auto link = options.invitation.substr(0, hash);
    auto path = link.find('/', link.find("://") == std::string::npos ? 0 : link.find("://") + 3);
    shell.settings.server = link.substr(0, path);
  }
  options.invitation.erase(0, hash + 1);
}

Exit login(Shell& shell, Options options) {
  if (!options.password_stdin && !shell.terminal.reads) {
    shell.err << "hks: no terminal to ask for the password; give it on standard input with --password-stdin\n";
    return Exit::usage;
  }
  take_link_apart(shell, options);
  auto saved = client::load_session(shell.settings.session_file);
  std::string server = chosen_server(shell.settings, saved.value_or(std::nullopt));
  Loop loop;
  auto api = client::Api::create(loop.executor(), server);
  if (!api) return complain(shell, api.error());
  auto password = read_password(shell, options, server);
  if (!password) return Exit::usage;
  auto session =
      loop.run(options.invitation.empty() ? (*api)->sign_in({options.user, std::move(*password), options.permissions})
                                          : (*api)->accept({Secret(options.invitation), std::move(*password)}));
  if (!session) return complain(shell, session.error());
  if (auto kept = client::save_session(shell.settings.session_file, *session); !kept)
    return complain(shell, kept.error());
  return tell_signed_in(shell, *session);
}

}  // namespace

Declared declare_login(CLI::App& own) {
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  auto* who = own.add_option_group("who");
  auto* user = who->add_option("--user", options->user, "who signs in");
  who->add_option("--invitation", options->invitation, "a one-time token or link: sets your password and signs in")
      ->type_name("TOKEN");
  who->require_option(1);
  own.add_flag("--password-stdin", options->password_stdin, "read the password from standard input, one line");
  own.add_option("--permissions", options->permissions,
                 "all that this session may do, of what you may; such as objects.read,logs.read")
      ->delimiter(',')
      ->type_name("NAME,NAME")
      ->needs(user);
  return {&own, [options](Shell& shell) { return login(shell, *options); }};
}

}  // namespace cli::commands
