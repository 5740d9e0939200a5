// The subcommands: one file each, one row each.
#pragma once
#include <functional>
#include <span>

#include "cli/commands/shell.h"

namespace CLI {
class App;
}

namespace cli::commands {

// A subcommand with its options, as declared to the parser, and what runs when the user named it.
struct Declared {
  CLI::App* parser;  // owned by the program's
  std::function<Exit(Shell&)> run;
};

struct Command {
  const char* name;
  const char* summary;
  Declared (*declare)(CLI::App& own);
};

Declared declare_login(CLI::App& own);
Declared declare_logout(CLI::App& own);
Declared declare_chat(CLI::App& own);
Declared declare_audit(CLI::App& own);

std::span<const Command> command_table();

}  // namespace cli::commands
