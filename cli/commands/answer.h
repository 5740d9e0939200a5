// One message and its answer, printed as it comes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cli/commands/visit.h"
#include "foundation/json/view.h"

namespace cli::commands {

// What an answer leaves to be done.
struct Heard {
  std::vector<std::string> proposals;  // ids of approvals; what they would do is for the approvals route to say
  struct Change {
    std::string operation_id;
    bool undoable = false;
  };
  std::vector<Change> changes;  // that were executed
};

// A conversation in one workspace.
struct Talk {
  render::Proposals proposals = render::Proposals::told;
  std::optional<std::string> conversation = {};  // known from the first answer on
  Heard heard = {};                              // in the last answer
};

// Of an `operation` event that says executed, or of the reply to an approval or an undo.
Heard::Change change_of(json::View operation);

// Ctrl-C closes the connection, which stops the turn.
Exit ask(Visit& visit, Talk& talk, std::string message);

}  // namespace cli::commands
