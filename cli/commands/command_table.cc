#include "cli/commands/command_table.h"

#include <CLI/CLI.hpp>
#include <utility>

namespace cli::commands {

std::span<const Command> command_table() {
  static constexpr Command kCommands[] = {
      {"login", "sign in; the session is kept in the session file", declare_login},
      {"logout", "end the session and forget it", declare_logout},
      {"chat", "ask and command in plain words", declare_chat},
      {"findings", "what is wrong, with what causes what; no model is asked", declare_findings},
      {"conversations", "what you have talked about; read or delete it", declare_conversations},
      {"approvals", "what waits for an approval; approve or reject it", declare_approvals},
      {"operations", "what was asked for and what became of it", declare_operations},
      {"undo", "put back what an operation changed", declare_undo},
      {"audit", "read and verify what was decided and done", declare_audit},
      {"members", "who may do what in the workspace", declare_members},
      {"roles", "what each role may; your organization's own are for its managers to define", declare_roles},
      {"users", "the users of your organization; for its managers", declare_users},
      {"workspaces", "your workspaces; for managers those of the organization", declare_workspaces},
  };
  return kCommands;
}

Declared one_of(CLI::App& own, std::vector<Declared> parts, std::function<Exit(Shell&)> otherwise) {
  own.require_subcommand(otherwise ? 0 : 1, 1);
  return {&own, [parts = std::move(parts), otherwise = std::move(otherwise)](Shell& shell) {
            for (const Declared& part : parts)
              if (part.parser->parsed()) return part.run(shell);
            return otherwise(shell);
          }};
}

}  // namespace cli::commands
