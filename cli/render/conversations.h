// Conversations as they are kept, as lines. Pure.
#pragma once
#include <string>

#include "cli/render/flow.h"
#include "foundation/base/clock.h"
#include "foundation/json/view.h"

namespace cli::render {

// Of {conversations}: a line each.
std::string conversations_text(const Look& look, foundation::json::View page, foundation::WallTime now);
// Of one: what was said, and what was asked for.
std::string conversation_text(const Look& look, foundation::json::View conversation, foundation::WallTime now);

}  // namespace cli::render
