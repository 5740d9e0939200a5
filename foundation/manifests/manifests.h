// YAML manifests as JSON values: several documents, `kind: List` unfolded. Pure.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "foundation/base/error.h"
#include "foundation/json/value.h"

namespace foundation::manifests {

inline constexpr std::size_t kMaxNodes = 50'000'000;  // of our own files

// Code::invalid, with the line, for what is not YAML, and for what has more than `max_nodes` values once its aliases
// are expanded. Plain scalars get their JSON type, quoted and block ones stay strings.
Result<std::vector<json::Value>> parse_manifests(std::string_view yaml, std::size_t max_nodes = kMaxNodes);

}  // namespace foundation::manifests
