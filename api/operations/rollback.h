// Takes a Deployment's pod template back to that of an earlier revision, as its ReplicaSets keep it; the controller
// then replaces its pods. The template is replaced as a whole, so that what the later one added goes.
#pragma once
#include "api/operations/operation.h"

namespace api::operations {

extern const Operation kRollback;

}  // namespace api::operations
