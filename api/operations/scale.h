// Sets the number of replicas of a Deployment or a StatefulSet through its scale subresource.
#pragma once
#include <cstdint>

#include "api/operations/operation.h"

namespace api::operations {

inline constexpr std::int64_t kMaxReplicas = 1000;

extern const Operation kScale;

}  // namespace api::operations
