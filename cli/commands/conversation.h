// The interactive chat: a prompt, an answer, a prompt.
#pragma once
#include "cli/commands/answer.h"

namespace cli::commands {

// Until the end of the input, /quit, or Ctrl-C at the prompt. Ctrl-C during an answer stops the answer only.
// Done after a prompt; the exit of the last answer when the messages came from a pipe.
Exit converse(Shell& shell, Loop& loop, Talk& talk);

}  // namespace cli::commands
