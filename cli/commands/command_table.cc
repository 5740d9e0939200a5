#include "cli/commands/command_table.h"

namespace cli::commands {

std::span<const Command> command_table() {
  static constexpr Command kCommands[] = {
      {"login", "sign in; the session is kept in the session file", declare_login},
      {"logout", "end the session and forget it", declare_logout},
      {"chat", "ask and command in plain words", declare_chat},
      {"audit", "read what was decided and done", declare_audit},
  };
  return kCommands;
}

}  // namespace cli::commands
