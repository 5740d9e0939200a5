// The interactive chat: a prompt, an answer, a prompt.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cli/commands/answer.h"
#include "cli/commands/unattended.h"

namespace cli::commands {

// What goes on over the messages. Borrows visit and lines.
struct Conversation {
  Visit& visit;
  terminal::Lines& lines;
  Talk talk;
  std::optional<Preapproval> preapproval = {};
  std::vector<std::string> undoable = {};  // operations of this conversation, the last one last
  bool over = false;
};

// After an approval or an answer: the change that was made is followed and can be undone.
void take_up(Conversation& conversation, const Heard::Change& change);

// Asks about a proposal; a change that comes of it is taken up.
void decide_on(Conversation& conversation, const json::Value& approval);

// Until the end of the input, /quit, or Ctrl-C at an empty prompt. Ctrl-C during an answer stops the answer only. After
// an answer a person is asked about its proposals. Done after a prompt; the exit of the last answer when the messages
// came from a pipe.
Exit converse(Visit& visit, Talk talk, std::optional<Preapproval> preapproval);

}  // namespace cli::commands
