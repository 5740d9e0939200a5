// What the server fills in where a manifest is silent. Pure.
#pragma once
#include "demo-cluster/world/editing.h"
#include "demo-cluster/world/random.h"
#include "demo-cluster/world/store.h"

namespace demo_cluster::world {

// Fills in an object of any served kind. A Service without an address gets one of 10.96.0.0/16 that no other has.
void fill_defaults(json::Value& object, const Store& store, Random& random, WallTime now);

}  // namespace demo_cluster::world
