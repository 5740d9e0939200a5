// The scheduler's account of a pod that no node takes: "0/4 nodes are available: 1 node(s) were unschedulable, 3
// Insufficient cpu. preemption: ...". Each node counts for the first filter that it fails, in the scheduler's order.
// Source: kubernetes/pkg/scheduler/framework/types.go (FitError), plugins' error reasons. Pure.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace ai_ops::diagnosis {

// When a filter speaks: a node that fails a later one has passed all the earlier.
enum class Stage {
  node,      // the node is cordoned or tainted
  demand,    // the pod's own node selector or affinity
  capacity,  // resources, ports, volumes, other pods
};

struct Obstacle {
  std::int64_t nodes = 0;
  Stage stage = Stage::capacity;
  std::string_view fault;  // of the catalogue
  std::string_view words;  // "3 Insufficient cpu", as it stands in the message
};

// In the order of the message; what is not understood has the fault "unschedulable".
std::vector<Obstacle> obstacles_in(std::string_view message);

}  // namespace ai_ops::diagnosis
