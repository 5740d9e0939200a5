// A rollout that is being followed. Pure.
#pragma once
#include <string>

#include "cli/render/flow.h"
#include "foundation/base/clock.h"
#include "foundation/json/view.h"

namespace cli::render {

// The line of the moment, without its end: it is replaced by the next. Empty where there is no terminal.
std::string rollout_progress(const Look& look, foundation::json::View record, foundation::Milliseconds since);
// The last line, when the rollout has settled or nobody waits any longer. It wipes the line of the moment. `undoable`:
// /undo would take this change.
std::string rollout_end(const Look& look, foundation::json::View record, foundation::Milliseconds since, bool undoable);

}  // namespace cli::render
