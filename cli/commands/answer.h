// One message and its answer, printed as it comes.
#pragma once
#include <optional>
#include <string>

#include "cli/commands/shell.h"

namespace cli::commands {

// A conversation in one workspace. Borrows the Api.
struct Talk {
  client::Api& api;
  std::string workspace;
  std::optional<std::string> conversation = {};  // known from the first answer on
};

// Ctrl-C closes the connection, which stops the turn.
Exit ask(Shell& shell, Loop& loop, Talk& talk, std::string message);

}  // namespace cli::commands
