// What one pod of a template asks of a quota, by the rules of Kubernetes' quota and scheduler
// (k8s.io/component-helpers/resource): the sum of its containers and sidecars, or its largest init container, and the
// overhead. Pure.
#pragma once
#include <cstdint>
#include <string_view>

#include "foundation/json/view.h"

namespace api::operations {

namespace json = foundation::json;

// In thousandths of the resource's unit, for a key of ResourceQuota's `hard`: "pods", "requests.cpu", "limits.memory",
// "cpu"... 0 for what a pod does not count against.
std::int64_t pod_needs_milli(json::View pod_spec, std::string_view quota_key);

// Whether the quota's scopes and scopeSelector take in such a pod. A scope that this cannot judge takes it in not: the
// API server still counts the pod itself.
bool quota_covers(json::View quota_spec, json::View pod_spec);

}  // namespace api::operations
