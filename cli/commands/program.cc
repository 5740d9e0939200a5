#include "cli/commands/program.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "cli/commands/command_table.h"

namespace cli::commands {
namespace {

constexpr const char* kVersion = "hks 0.1.0";

constexpr const char* kFooter =
    "Exit codes: 0 answered or executed, 1 failed, 2 usage, 3 refused, 4 waiting for approval, 5 not signed in,\n"
    "130 interrupted. NO_COLOR turns colours off; piped output never has any.";

void declare_globals(CLI::App& app, Settings& settings) {
  static const std::map<std::string, Output> kOutputs{{"text", Output::text}, {"json", Output::json}};
  app.fallthrough();  // they may stand before the command and after it
  app.add_option("--server", settings.server,
                 "the control plane; default: where you signed in, or http://127.0.0.1:8080")
      ->type_name("URL")
      ->envname("HKS_SERVER");
  app.add_option("--workspace", settings.workspace, "default: your only one")
      ->type_name("NAME")
      ->envname("HKS_WORKSPACE");
  app.add_option("--output", settings.output, "json: one line an event")
      ->type_name("text|json")
      ->transform(CLI::CheckedTransformer(kOutputs).description(""));
  app.add_option("--session-file", settings.session_file, "default: ~/.config/hks/session.json")
      ->type_name("FILE")
      ->envname("HKS_SESSION_FILE");
  app.set_version_flag("--version", kVersion);
  app.footer(kFooter);
}

}  // namespace

int run_program(std::vector<std::string> arguments, Shell& shell) {
  CLI::App app("HKS: ask what is wrong in your cluster, and change it in plain words", "hks");
  shell.settings.session_file = client::default_session_file();
  declare_globals(app, shell.settings);
  app.require_subcommand(1);
  std::vector<Declared> commands;
  for (const Command& command : command_table())
    commands.push_back(command.declare(*app.add_subcommand(command.name, command.summary)));
  std::ranges::reverse(arguments);  // as CLI11 wants them
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& e) {
    return app.exit(e, shell.out, shell.err) == 0 ? static_cast<int>(Exit::done) : static_cast<int>(Exit::usage);
  }
  for (const Declared& command : commands)
    if (command.parser->parsed()) return static_cast<int>(command.run(shell));
  return static_cast<int>(Exit::usage);
}

}  // namespace cli::commands
