// ResourceQuota: pods, and the requests and limits of their containers. Pure.
#pragma once
#include "demo-cluster/world/status.h"
#include "demo-cluster/world/store.h"
#include "foundation/json/view.h"

namespace demo_cluster::world {

// 403 with the real server's wording when a new pod would take the namespace beyond one of its quotas.
Outcome<void> within_quota(const Store& store, json::View object);
// Of a quota's rows ("pods", "requests.cpu", "limits.memory"...), what the namespace's pods use now.
json::Object used_of(const Store& store, json::View quota);

}  // namespace demo_cluster::world
