#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/client/session_file.h"
#include "cli/commands/command_table.h"
#include "cli/commands/prompt.h"

namespace cli::commands {
namespace {

using foundation::Code;
using foundation::Secret;

struct Options {
  std::string user;
  bool password_stdin = false;
};

std::optional<std::string> read_password(Shell& shell, const Options& options, const std::string& server) {
  if (options.password_stdin) return read_line(shell.in);
  return read_hidden_line(shell.in, shell.err, fmt::format("Password of {} at {}: ", options.user, server));
}

void tell_signed_in(Shell& shell, const client::SavedSession& session) {
  if (shell.settings.output == Output::json) {
    json::Object line{{"user", session.user}, {"server", session.server}, {"expires_at", session.expires_at}};
    shell.out << json::to_text(render::visible_value(line)) << '\n';
  } else {
    shell.out << render::one_line(
                     fmt::format("Signed in as {} at {} until {}", session.user, session.server, session.expires_at))
              << '\n';
  }
}

Exit login(Shell& shell, const Options& options) {
  if (!options.password_stdin && !shell.terminal.reads) {
    shell.err << "hks: no terminal to ask for the password; give it on standard input with --password-stdin\n";
    return Exit::usage;
  }
  auto saved = client::load_session(shell.settings.session_file);
  std::string server = chosen_server(shell.settings, saved.value_or(std::nullopt));
  Loop loop;
  auto api = client::Api::create(loop.executor(), server);
  if (!api) return complain(shell, api.error());
  auto password = read_password(shell, options, server);
  if (!password || password->empty()) {
    shell.err << "hks: no password was given\n";
    return Exit::usage;
  }
  auto session = loop.run((*api)->sign_in({options.user, Secret(std::move(*password))}));
  if (!session) return complain(shell, session.error());
  if (auto kept = client::save_session(shell.settings.session_file, *session); !kept)
    return complain(shell, kept.error());
  tell_signed_in(shell, *session);
  return Exit::done;
}

}  // namespace

Declared declare_login(CLI::App& own) {
  auto options = std::make_shared<Options>();  // shared: the parser writes it and the command reads it
  own.add_option("--user", options->user, "who signs in")->required();
  own.add_flag("--password-stdin", options->password_stdin, "read the password from standard input, one line");
  return {&own, [options](Shell& shell) { return login(shell, *options); }};
}

}  // namespace cli::commands
