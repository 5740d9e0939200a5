// The audit as lines. Pure.
#pragma once
#include <string>

#include "cli/render/flow.h"
#include "foundation/json/view.h"

namespace cli::render {

// Of {entries, next_before}: one line an entry, newest first, then how to read on.
std::string audit_text(const Look& look, foundation::json::View page);
// Of {ok, seq, hash | why}.
std::string verification_text(const Look& look, foundation::json::View verdict);

}  // namespace cli::render
