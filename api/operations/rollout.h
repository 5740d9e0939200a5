// Whether a workload's controller has brought its pods to its template. Shared by the operations; pure.
#pragma once
#include "api/operations/operation.h"

namespace api::operations {

// The controller has seen the object as it is.
bool is_observed(const ObjectView& object);
// And all pods are of its template and ready. Deployment, StatefulSet, DaemonSet.
bool is_rolled_out(const ObjectView& object);

}  // namespace api::operations
