// Sets cpu and memory requests and limits of one container of a workload's pod template; the workload's controller then
// replaces its pods. Pods that run are not resized in place.
#pragma once
#include "api/operations/operation.h"

namespace api::operations {

extern const Operation kSetResources;

}  // namespace api::operations
