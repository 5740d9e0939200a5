// The two listeners' routes.
#pragma once
#include <span>
#include <string>

#include "ai-ops/app/access.h"

namespace ai_ops::app {

std::span<const RouteRow> chat_routes();
std::span<const RouteRow> ops_routes();

// All of them as JSON: [{listener, method, pattern, access}], what tests of every route are made from.
std::string route_tables_text();

}  // namespace ai_ops::app
