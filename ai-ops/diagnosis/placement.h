// Which nodes a pod may run on by what it asks for itself, and what of those nodes keeps it away. Knows only what the
// snapshot shows of nodes: labels and taints are hidden where a cluster has several tenants. Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

// Nodes that are kept for the control plane count only where there are no others.
struct Placement {
  bool sees_labels = false;          // else the rest says nothing
  std::size_t by_selector = 0;       // nodes that spec.nodeSelector takes
  std::size_t by_affinity = 0;       // that the required node affinity takes
  std::vector<ObjectView> eligible;  // that both take
  std::vector<ObjectView> cordoned;  // of these
  std::vector<ObjectView> tainted;   // of these and not cordoned: with a taint that the pod does not tolerate
};

Placement placement_of(const Cluster& cluster, const ObjectView& pod);

// The first taint of the node that keeps the pod away, as an index of spec.taints.
std::optional<std::size_t> untolerated_taint(const ObjectView& node, const ObjectView& pod);
// The words of the scheduler, or a taint's key.
bool is_control_plane_taint(std::string_view words);
bool has_node_affinity(const ObjectView& pod);
bool has_node_selector(const ObjectView& pod);

}  // namespace ai_ops::diagnosis
