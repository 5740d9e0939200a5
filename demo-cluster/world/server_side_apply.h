// Server-side apply: a manager's whole configuration, merged into an object in which others own fields as well. Pure.
#pragma once
#include "demo-cluster/world/managed_fields.h"
#include "demo-cluster/world/status.h"

namespace demo_cluster::world {

// 400 for a configuration with what only the server writes.
Outcome<void> check_configuration(const json::Value& configuration);

// The object with the configuration's values, and without what the writer applied before and now leaves out if nobody
// else owns it. Without `force` 409, with a cause a field, when another manager owns a field of another value.
Outcome<json::Value> apply_configuration(const json::Value& before, const json::Value& configuration,
                                         const FieldWriter& writer, bool force);

}  // namespace demo_cluster::world
