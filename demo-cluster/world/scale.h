// The scale subresource as a view of a workload. Pure.
#pragma once
#include "demo-cluster/world/status.h"
#include "foundation/json/view.h"

namespace demo_cluster::world {

// autoscaling/v1 Scale of a Deployment, ReplicaSet or StatefulSet.
json::Value scale_of(const json::Value& workload);
// 400 for what is no Scale, 422 for a negative count.
Outcome<void> check_scale(const json::Value& scale);

}  // namespace demo_cluster::world
