// The three listeners' routes.
#pragma once
#include <span>
#include <string>

#include "api/app/access.h"

namespace api::app {

std::span<const RouteRow> public_routes();
std::span<const RouteRow> internal_routes();
std::span<const RouteRow> ops_routes();

// All of them as JSON: [{listener, method, pattern, access}], what tests of every route are made from.
std::string route_tables_text();

}  // namespace api::app
