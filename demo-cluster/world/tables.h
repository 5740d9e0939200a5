// meta.k8s.io/v1 Table: the columns that kubectl prints. Pure.
#pragma once
#include "demo-cluster/world/editing.h"
#include "demo-cluster/world/status.h"

namespace demo_cluster::world {

// Of a list object, or of one object, which becomes a table of one row.
json::Value table_of(const ServedKind& kind, const json::Value& object_or_list, WallTime now);

}  // namespace demo_cluster::world
