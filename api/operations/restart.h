// Replaces all pods of a workload, by its own update strategy: an annotation of the pod template counts the restarts.
// A count rather than a time, so that planning again on the same state gives the same change and the same op_hash.
#pragma once
#include "api/operations/operation.h"

namespace api::operations {

inline constexpr const char* kRestartAnnotation = "hexabase.io/restarts";

extern const Operation kRestart;

}  // namespace api::operations
