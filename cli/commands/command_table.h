// The subcommands: one file each, one row each.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

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

// The parts of a command, as in `hks members add`. The one that the user named runs; when none was named, `otherwise`.
Declared one_of(CLI::App& own, std::vector<Declared> parts, std::function<Exit(Shell&)> otherwise = {});

struct Command {
  const char* name;
  const char* summary;
  Declared (*declare)(CLI::App& own);
};

Declared declare_login(CLI::App& own);
Declared declare_logout(CLI::App& own);
Declared declare_chat(CLI::App& own);
Declared declare_findings(CLI::App& own);
Declared declare_approvals(CLI::App& own);
Declared declare_operations(CLI::App& own);
Declared declare_conversations(CLI::App& own);
Declared declare_undo(CLI::App& own);
Declared declare_audit(CLI::App& own);
Declared declare_members(CLI::App& own);
Declared declare_roles(CLI::App& own);
Declared declare_users(CLI::App& own);
Declared declare_workspaces(CLI::App& own);

std::span<const Command> command_table();

}  // namespace cli::commands
