// YAML manifests as JSON values: several documents, `kind: List` unfolded. Pure.
#pragma once
#include <string_view>
#include <vector>

#include "foundation/base/error.h"
#include "foundation/json/value.h"

namespace demo_cluster::world {

namespace json = foundation::json;

// Code::invalid, with the line, for what is not YAML. Plain scalars get their JSON type, quoted and block ones stay
// strings. Only for our own and the local user's files: aliases are expanded.
foundation::Result<std::vector<json::Value>> parse_manifests(std::string_view yaml);

}  // namespace demo_cluster::world
