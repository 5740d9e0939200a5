// What the server refuses: the few rules of the real one that clients of ours can meet. Pure.
#pragma once
#include "demo-cluster/world/status.h"
#include "foundation/json/view.h"

namespace demo_cluster::world {

// What the real server's decoder would refuse: 400. Before defaults, which presume the types.
Outcome<void> check_types(const ServedKind& kind, json::View object);
// The same of what a patch has made: 422, and for another uid as well, which a whole object may carry as a condition.
Outcome<void> check_patched(const ServedKind& kind, json::View before, json::View after);
// 422 for what is missing or out of range. `before` is null for a new object.
Outcome<void> validate(const ServedKind& kind, json::View before, json::View after);

}  // namespace demo_cluster::world
