// A pod that no node takes. Symptom: Pending without a node, and the scheduler's account of it. What the pod asks for
// is compared with the largest node; where it would fit, its own demands and the state of the nodes that could take it
// tell which of the scheduler's reasons is the cause. What solves itself is not told: claims that are being made, and
// pods that go to make room. Source: kubernetes.io/docs/concepts/scheduling-eviction (assign-pod-node,
// taint-and-toleration, pod-priority-preemption).
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>

#include "ai-ops/diagnosis/placement.h"
#include "ai-ops/diagnosis/pod_claims.h"
#include "ai-ops/diagnosis/pod_requests.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/scheduler_words.h"
#include "foundation/json/value.h"
#include "foundation/kubernetes/quantity.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kGateTime = 10min;         // that a queue or a quota controller may take as a matter of course
constexpr auto kTimeToConfirmEnd = 1min;  // that a kubelet may take once a pod's grace period is over

struct Largest {
  std::int64_t milli = 0;
  std::optional<ObjectView> node;  // none: no node has any of it
};

// By resource, the node that has the most of it.
class LargestNodes {
 public:
  explicit LargestNodes(const Cluster& cluster) {
    for (const ObjectView& node : cluster.snapshot().of_kind("Node")) {
      for (const auto& has : node.status()["allocatable"].object()) {
        says_something_ = true;
        std::int64_t milli = quantity_of(has.value());
        Largest& largest = by_resource_[has.key()];
        if (milli > largest.milli) largest = {milli, node};
      }
    }
  }
  bool says_something() const { return says_something_; }
  Largest of(const std::string& resource) const {
    auto found = by_resource_.find(resource);
    return found == by_resource_.end() ? Largest() : found->second;
  }

 private:
  bool says_something_ = false;
  std::map<std::string, Largest> by_resource_;
};

std::string key_of(const Wants& wants) {
  json::View spec = wants.pod.spec();
  std::string out;
  for (json::View demand : {spec["nodeSelector"], spec["affinity"]["nodeAffinity"], spec["tolerations"]})
    out += fmt::format("{} ", demand ? json::to_text(*demand.value()) : "");
  for (const auto& [resource, asked] : wants.requests) out += fmt::format(" {}={}", resource, asked.milli);
  for (const ObjectView& volume : wants.volumes) out += fmt::format(" {}", volume.name());
  return out;
}

// What many pods ask of the same nodes, found out once: the first pod that waits pays for it.
class Nodes {
 public:
  explicit Nodes(const Cluster& cluster) : cluster_(cluster), largest_(cluster) {
    for (const ObjectView& pod : cluster.snapshot().of_kind("Pod")) {
      std::string_view node = pod.spec()["nodeName"].text();
      auto end = time_of(pod.metadata()["deletionTimestamp"]);  // when its grace period is over
      if (node.empty() || !end) continue;
      WallTime& last = ends_.try_emplace(std::string(node), *end).first->second;
      last = std::max(last, *end);
    }
  }
  const LargestNodes& largest() const { return largest_; }
  const Placement& placement_of(const Wants& wants) {
    auto [found, is_new] = placements_.try_emplace(key_of(wants));
    if (is_new) found->second = diagnosis::placement_of(cluster_, wants);
    return found->second;
  }
  // A pod of the node is on its way out, no longer than it may take.
  bool is_being_vacated(std::string_view node, WallTime now) const {
    auto found = ends_.find(node);
    return found != ends_.end() && now - found->second < kTimeToConfirmEnd;
  }

 private:
  const Cluster& cluster_;
  LargestNodes largest_;
  std::map<std::string, Placement> placements_;        // by all of a pod that they depend on
  std::map<std::string, WallTime, std::less<>> ends_;  // by node, of its pods that go: of the last
};

std::string amount(const std::string& resource, std::int64_t milli) {
  if (resource == "cpu") return foundation::kubernetes::cpu_text(milli);
  constexpr std::int64_t kMilliPerMebi = (std::int64_t{1} << 20) * 1000;
  if (resource != "memory" && resource != "ephemeral-storage") return fmt::format("{}", milli / 1000);
  if (milli % (kMilliPerMebi * 1024) == 0) return fmt::format("{}Gi", milli / (kMilliPerMebi * 1024));
  return fmt::format("{}Mi", milli / kMilliPerMebi);
}

std::string asked_words(const std::string& resource, std::int64_t milli) {
  if (resource == "cpu") return fmt::format("{} CPU", amount(resource, milli));
  if (resource == "memory") return fmt::format("{} of memory", amount(resource, milli));
  return fmt::format("{} {}", amount(resource, milli), resource);
}

std::string_view fault_of(std::string_view resource) {
  if (resource == "cpu") return "insufficient-cpu";
  return resource == "memory" ? "insufficient-memory" : "insufficient-resource";
}

// True when the pod asks for more of something than any node has at all.
bool tell_too_large(Case& c, const Workload& workload, const Wants& wants, const LargestNodes& nodes) {
  if (!nodes.says_something()) return false;
  for (const auto& [resource, asked] : wants.requests) {
    Largest largest = nodes.of(resource);
    if (asked.milli <= largest.milli) continue;
    std::string has = largest.node ? fmt::format("the largest node has {}", amount(resource, largest.milli))
                                   : std::string("no node has any");
    Draft& draft = c.symptom(workload, fault_of(resource),
                             fmt::format("asks for {}, {}", asked_words(resource, asked.milli), has));
    for (const std::string& path : asked.paths) draft.cite(wants.pod, path);
    if (largest.node) draft.cite(*largest.node, "status.allocatable" + member_step(resource));
    return true;
  }
  return false;
}

std::optional<std::string> unschedulable_condition(const ObjectView& pod) {
  const json::Array& conditions = pod.status()["conditions"].array();
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    json::View condition(conditions[i]);
    if (condition["type"].text() == "PodScheduled" && condition["status"].text() == "False" &&
        condition["reason"].text() == "Unschedulable")
      return fmt::format("status.conditions[{}]", i);
  }
  return std::nullopt;
}

std::optional<ObjectView> scheduling_event(const Case& c, const ObjectView& pod) {
  for (const ObjectView& event : c.cluster().events_about(pod))
    if (event.root()["reason"].text() == "FailedScheduling") return event;
  return std::nullopt;
}

// What keeps the pod from every node that it may run on by its own demands.
//   - No node fits the demands: the demands are the cause, whatever else is wrong with nodes.
//   - All that could take it are cordoned or tainted: that, whatever the scheduler says of the others.
//   - Some are neither: what the scheduler says of capacity.
//   - Else what most of those that fit suffer from; a control plane's own taint counts where there is nothing else.
std::string_view fault_of(const Placement& placement, const ObjectView& pod, const std::vector<Obstacle>& obstacles) {
  auto weight = [](const Obstacle& it) { return std::pair(!is_control_plane_taint(it.words), it.nodes); };
  auto most = [&](Stage stage) -> const Obstacle* {
    const Obstacle* best = nullptr;
    for (const Obstacle& it : obstacles)
      if (it.stage == stage && (best == nullptr || weight(it) > weight(*best))) best = &it;
    return best;
  };
  const Obstacle* capacity = most(Stage::capacity);
  const Obstacle* demand = most(Stage::demand);
  // The scheduler knows a demand that the pod as it is told here does not have: descriptions leave affinities out. A
  // node that lacks capacity has met it.
  if (demand != nullptr && capacity == nullptr && !has_node_selector(pod) && !has_node_affinity(pod))
    return "node-affinity-mismatch";
  if (placement.sees_labels && demand != nullptr) {
    if (placement.by_selector == 0) return "node-selector-mismatch";
    if (placement.eligible.empty()) return "node-affinity-mismatch";
  }
  std::string_view kept = placement.tainted.size() >= placement.cordoned.size() ? "untolerated-taint" : "node-cordoned";
  if (placement.sees_labels && placement.are_all_kept()) return kept;
  if (capacity != nullptr) return capacity->fault;
  if (placement.sees_labels && !placement.able.empty())
    return placement.tainted.empty() && placement.cordoned.empty() ? "unschedulable" : kept;
  const Obstacle* node = most(Stage::node);
  if (demand != nullptr && (node == nullptr || demand->nodes >= node->nodes))
    return has_node_selector(pod) && !has_node_affinity(pod) ? "node-selector-mismatch" : "node-affinity-mismatch";
  return node == nullptr ? "unschedulable" : node->fault;
}

struct Meaning {
  std::string_view fault;
  std::string_view words;
};
constexpr Meaning kMeanings[] = {
    {"insufficient-cpu", "no node has the CPU left that it asks for"},
    {"insufficient-memory", "no node has the memory left that it asks for"},
    {"insufficient-resource", "no node has the resource left that it asks for"},
    {"node-selector-mismatch", "no node has the labels that its node selector asks for"},
    {"node-affinity-mismatch", "no node fits its node affinity"},
    {"untolerated-taint", "the nodes that it may run on have a taint that it does not tolerate"},
    {"node-cordoned", "the nodes that it may run on are cordoned"},
    {"pod-anti-affinity-conflict", "every node runs a pod that its anti-affinity keeps away from"},
    {"pod-affinity-unsatisfied", "no node runs a pod that its affinity asks for"},
    {"topology-spread-unsatisfied", "its topology spread leaves no node"},
    {"host-port-conflict", "its host port is taken on every node"},
    {"too-many-pods", "the nodes run as many pods as they may"},
    {"volume-node-mismatch", "its volume is on another node than it may run on"},
    {"stuck-terminating", "its claim is being deleted"},
};

std::string detail_of(std::string_view fault, std::string_view said) {
  auto row = std::ranges::find(kMeanings, fault, &Meaning::fault);
  return row == std::end(kMeanings) ? quote(said) : fmt::format("{}; {}", row->words, quote(said));
}

void cite_nodes(Draft& draft, const Placement& placement, const Wants& wants) {
  const ObjectView& pod = wants.pod;
  if (draft.fault == "node-selector-mismatch") draft.cite(pod, "spec.nodeSelector");
  if (draft.fault == "node-affinity-mismatch") draft.cite(pod, "spec.affinity.nodeAffinity");
  if (draft.fault == "pod-anti-affinity-conflict") draft.cite(pod, "spec.affinity.podAntiAffinity");
  if (draft.fault == "node-cordoned")
    for (const ObjectView& node : placement.cordoned | std::views::take(kMaxEvidence))
      draft.cite(node, cordon_path(node));
  if (draft.fault == "untolerated-taint")
    for (const ObjectView& node : placement.tainted | std::views::take(kMaxEvidence))
      draft.cite(node, fmt::format("spec.taints[{}]", untolerated_taint(node, pod).value_or(0)));
  if (draft.fault == "node-cordoned" || draft.fault == "untolerated-taint")
    for (const ObjectView& volume : wants.volumes) draft.cite(volume, "spec.nodeAffinity.required.nodeSelectorTerms");
}

// Its claims are still being made, and the scheduler's words are of them.
bool waits_for_its_claims(const Case& c, std::string_view fault, const ObjectView& pod) {
  return (fault == "claim-missing" || fault == "claim-pending") && may_yet_get_its_claims(c.cluster(), pod, c.now());
}

// Gates hold a pod back until whoever set them takes them away.
bool tell_gated(Case& c, const Workload& workload, const ObjectView& pod) {
  const json::Array& gates = pod.spec()["schedulingGates"].array();
  auto made = time_of(pod.metadata()["creationTimestamp"]);
  if (gates.empty() || !pod.spec()["nodeName"].text().empty() || !made || c.now() - *made < kGateTime) return false;
  Draft& draft = c.symptom(workload, "scheduling-gated", "waits for its scheduling gates to be removed");
  draft.detail = quote(json::View(gates[0])["name"].text());
  draft.cite(pod, "spec.schedulingGates");
  return true;
}

bool tell_unschedulable(Case& c, const Workload& workload, const ObjectView& pod, std::optional<Nodes>& nodes) {
  if (pod.status()["phase"].text() != "Pending" || !pod.spec()["nodeName"].text().empty()) return false;
  auto condition = unschedulable_condition(pod);
  auto event = scheduling_event(c, pod);
  if (!condition && !event) return false;
  json::View said = condition ? at_path(pod.root(), *condition + ".message") : json::View();
  if (said.text().empty() && event) said = event->root()["message"];
  if (!nodes) nodes.emplace(c.cluster());
  // The scheduler has sent others away to make room for it there.
  if (nodes->is_being_vacated(pod.status()["nominatedNodeName"].text(), c.now())) return false;
  Wants wants = wants_of(c.cluster(), pod);
  if (!tell_too_large(c, workload, wants, nodes->largest())) {
    const Placement& placement = nodes->placement_of(wants);
    std::string_view fault = fault_of(placement, pod, obstacles_in(said.text()));
    if (waits_for_its_claims(c, fault, pod)) return false;
    Draft& draft = c.symptom(workload, fault, "cannot be scheduled");
    draft.detail = detail_of(fault, said.text());
    cite_nodes(draft, placement, wants);
  }
  Draft& draft = c.last();
  if (condition) draft.cite(pod, *condition + (at_path(pod.root(), *condition + ".message") ? ".message" : ".reason"));
  if (event) draft.cite_event(*event);
  return true;
}

}  // namespace

void find_unschedulable(Case& c) {
  std::optional<Nodes> nodes;
  for (const Workload& workload : c.cluster().workloads()) {
    if (c.has_symptom(workload.ref)) continue;
    for (const ObjectView& pod : workload.pods)
      if (tell_gated(c, workload, pod) || tell_unschedulable(c, workload, pod, nodes)) break;
  }
}

}  // namespace ai_ops::diagnosis
