// What `kubectl describe` says of whatever runs pods, as the members of the API's objects.
#pragma once
#include <string_view>

#include "ai-ops/bundle/described.h"
#include "foundation/json/value.h"

namespace ai_ops::bundle {

namespace json = foundation::json;

// spec and status of a Pod.
void put_pod(json::Object& object, const Entry& described);
// spec.template of a workload, from its "Pod Template".
void put_pod_template(json::Object& object, const Entry& described);

}  // namespace ai_ops::bundle
