// How the program ends: what a script may act on.
#pragma once
#include "cli/events/event.h"
#include "foundation/base/error.h"

namespace cli::commands {

enum class Exit {
  done = 0,  // answered or executed
  failed = 1,
  usage = 2,
  refused = 3,
  waiting = 4,  // for an approval
  not_signed_in = 5,
  interrupted = 130,
};

Exit exit_of(const events::Event& terminal);
Exit exit_of(const foundation::Error& error);

}  // namespace cli::commands
