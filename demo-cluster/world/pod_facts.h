// What controllers ask of a pod. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "demo-cluster/world/editing.h"
#include "demo-cluster/world/store.h"

namespace demo_cluster::world {

bool is_ready(json::View pod);
bool is_available(json::View pod, std::int64_t min_ready_seconds, WallTime now);
bool is_active(json::View pod);                                         // neither ended nor going
bool is_finished_pod(json::View pod);                                   // Succeeded or Failed
std::string_view annotation(json::View object, std::string_view name);  // "" when there is none
std::int64_t milli(json::View quantity);                                // 0 when it is none

struct Demand {
  std::int64_t cpu = 0;     // thousandths of a core
  std::int64_t memory = 0;  // thousandths of a byte
  Demand& operator+=(const Demand& more);
};
Demand demand_of(json::View pod);  // the sum of its containers' requests

// A pod of a workload's template: labels, annotations and spec, owned by `owner`.
json::Value pod_from_template(json::View owner, json::View pod_template, std::string name);
// The stable hash of a template.
std::string template_hash(json::View pod_template);

struct PodCounts {
  std::int64_t all = 0, ready = 0, available = 0;
};
PodCounts count(const std::vector<Stored>& pods, std::int64_t min_ready_seconds, WallTime now);
void put_count(json::Object& status, std::string_view name, std::int64_t value);  // zero is left out, as by Go

}  // namespace demo_cluster::world
