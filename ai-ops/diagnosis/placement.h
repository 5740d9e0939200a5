// Which nodes a pod may run on by what it asks for itself, which of them could take it at all, and what of those keeps
// it away. Knows only what the snapshot shows of nodes: labels and taints are hidden where a cluster has several
// tenants. Pure. Source: kubernetes/pkg/scheduler/framework/plugins (nodeaffinity, volumebinding, noderesources,
// nodeunschedulable, tainttoleration).
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"
#include "ai-ops/diagnosis/pod_requests.h"

namespace ai_ops::diagnosis {

// What decides where a pod may run.
struct Wants {
  ObjectView pod;
  PodRequests requests;
  std::vector<ObjectView> volumes;  // bound to its claims, and within the reach of some nodes only
};
Wants wants_of(const Cluster& cluster, const ObjectView& pod);

// Nodes that are kept for the control plane count only where there are no others.
struct Placement {
  bool sees_labels = false;          // else the rest says nothing
  std::size_t by_selector = 0;       // nodes that spec.nodeSelector takes
  std::size_t by_affinity = 0;       // that the required node affinity takes
  std::vector<ObjectView> eligible;  // that both take
  std::vector<ObjectView> able;      // of these: within the reach of its volumes, and large enough were they empty
  std::vector<ObjectView> cordoned;  // of the able
  std::vector<ObjectView> tainted;   // of the able and not cordoned: with a taint that the pod does not tolerate
  bool are_all_kept() const { return !able.empty() && cordoned.size() + tainted.size() == able.size(); }
};

Placement placement_of(const Cluster& cluster, const Wants& wants);

// v1.NodeSelectorTerm, of a pod or a volume: terms are alternatives, within one everything must fit, and one without
// anything takes no node.
bool node_selector_takes(json::View terms, const ObjectView& node);

// The first taint of the node that keeps the pod away, as an index of spec.taints.
std::optional<std::size_t> untolerated_taint(const ObjectView& node, const ObjectView& pod);
// Where it stands that the node is cordoned; empty when it is not.
std::string cordon_path(const ObjectView& node);
// The words of the scheduler, or a taint's key.
bool is_control_plane_taint(std::string_view words);
bool has_node_affinity(const ObjectView& pod);
bool has_node_selector(const ObjectView& pod);

}  // namespace ai_ops::diagnosis
