// Times as people read them. Pure.
#pragma once
#include <string>
#include <string_view>

#include "cli/render/flow.h"
#include "foundation/base/clock.h"

namespace cli::render {

// Of an RFC 3339 time: "2 min ago" or "in 14 min" on a terminal, "2026-01-02 03:04:05 UTC" in a pipe, whose text is the
// same whenever it is asked for.
std::string moment(const Look& look, std::string_view at, foundation::WallTime now);
// "2026-01-02 03:04:05 UTC"
std::string absolute_moment(std::string_view at);

}  // namespace cli::render
