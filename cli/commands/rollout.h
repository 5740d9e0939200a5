// Waiting for a change to take effect, where a person watches.
#pragma once
#include "cli/commands/answer.h"

namespace cli::commands {

// Until the rollout has settled, at most 60 s, or Ctrl-C. Says nothing where there is nothing to follow.
void follow_rollout(Visit& visit, const Heard::Change& change);

}  // namespace cli::commands
