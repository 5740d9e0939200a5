// A pod that no node takes. Symptom: Pending without a node, and the scheduler's account of it. What the pod asks for
// is computed from its containers and compared with the largest node; where it would fit, its own demands and the
// nodes' state tell which of the scheduler's reasons is the cause. Source:
// kubernetes.io/docs/concepts/scheduling-eviction (assign-pod-node, taint-and-toleration).
#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/placement.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/scheduler_words.h"
#include "foundation/kubernetes/quantity.h"

namespace ai_ops::diagnosis {
namespace {

using foundation::kubernetes::parse_quantity_milli;
using namespace std::chrono_literals;

constexpr auto kGateTime = 10min;  // that a queue or a quota controller may take as a matter of course

struct Asked {
  std::int64_t milli = 0;
  std::vector<std::string> paths;  // of the requests that add up to it
};

std::int64_t quantity_of(json::View value) {
  auto milli = parse_quantity_milli(shown(value));
  return milli ? *milli : 0;
}

std::int64_t plus(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

// What the scheduler adds up: all containers together, or the largest init container if that asks for more.
std::map<std::string, Asked> asked_by(const ObjectView& pod) {
  std::map<std::string, Asked> out;
  for (std::string_view list : {"containers", "initContainers"}) {
    const json::Array& containers = pod.spec()[list].array();
    for (std::size_t i = 0; i < containers.size(); ++i) {
      for (const auto& request : json::View(containers[i])["resources"]["requests"].object()) {
        std::string path = fmt::format("spec.{}[{}].resources.requests{}", list, i, member_step(request.key()));
        std::int64_t milli = quantity_of(request.value());
        Asked& asked = out[request.key()];
        if (list == "containers") {
          asked.milli = plus(asked.milli, milli);
          asked.paths.push_back(path);
        } else if (milli > asked.milli) {
          asked = {milli, {path}};
        }
      }
    }
  }
  return out;
}

struct Largest {
  std::int64_t milli = 0;
  std::optional<ObjectView> node;  // none: no node has any of it
};

Largest largest_node(const Snapshot& snapshot, const std::string& resource) {
  Largest largest;
  for (const ObjectView& node : snapshot.of_kind("Node")) {
    std::int64_t milli = quantity_of(node.status()["allocatable"][resource]);
    if (milli > largest.milli) largest = {milli, node};
  }
  return largest;
}

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
bool tell_too_large(Case& c, const Workload& workload, const ObjectView& pod) {
  auto says_what_it_has = [](const ObjectView& node) { return !node.status()["allocatable"].object().empty(); };
  if (std::ranges::none_of(c.cluster().snapshot().of_kind("Node"), says_what_it_has)) return false;
  for (const auto& [resource, asked] : asked_by(pod)) {
    Largest largest = largest_node(c.cluster().snapshot(), resource);
    if (asked.milli <= largest.milli) continue;
    std::string has = largest.node ? fmt::format("the largest node has {}", amount(resource, largest.milli))
                                   : std::string("no node has any");
    Draft& draft = c.symptom(workload, fault_of(resource),
                             fmt::format("asks for {}, {}", asked_words(resource, asked.milli), has));
    for (const std::string& path : asked.paths) draft.cite(pod, path);
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
//   - Some fit and are neither cordoned nor tainted: what the scheduler says of capacity.
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
  if (capacity != nullptr) return capacity->fault;
  if (placement.sees_labels && !placement.eligible.empty()) {
    if (placement.tainted.empty() && placement.cordoned.empty()) return "unschedulable";
    return placement.tainted.size() >= placement.cordoned.size() ? "untolerated-taint" : "node-cordoned";
  }
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
};

std::string detail_of(std::string_view fault, std::string_view said) {
  auto row = std::ranges::find(kMeanings, fault, &Meaning::fault);
  return row == std::end(kMeanings) ? quote(said) : fmt::format("{}; {}", row->words, quote(said));
}

void cite_nodes(Draft& draft, const Placement& placement, const ObjectView& pod) {
  if (draft.fault == "node-selector-mismatch") draft.cite(pod, "spec.nodeSelector");
  if (draft.fault == "node-affinity-mismatch") draft.cite(pod, "spec.affinity.nodeAffinity");
  if (draft.fault == "pod-anti-affinity-conflict") draft.cite(pod, "spec.affinity.podAntiAffinity");
  if (draft.fault == "node-cordoned")
    for (const ObjectView& node : placement.cordoned) draft.cite(node, "spec.unschedulable");
  if (draft.fault == "untolerated-taint")
    for (const ObjectView& node : placement.tainted)
      draft.cite(node, fmt::format("spec.taints[{}]", untolerated_taint(node, pod).value_or(0)));
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

bool tell_unschedulable(Case& c, const Workload& workload, const ObjectView& pod) {
  if (pod.status()["phase"].text() != "Pending" || !pod.spec()["nodeName"].text().empty()) return false;
  auto condition = unschedulable_condition(pod);
  auto event = scheduling_event(c, pod);
  if (!condition && !event) return false;
  json::View said = condition ? at_path(pod.root(), *condition + ".message") : json::View();
  if (said.text().empty() && event) said = event->root()["message"];
  if (!tell_too_large(c, workload, pod)) {
    Placement placement = placement_of(c.cluster(), pod);
    std::string_view fault = fault_of(placement, pod, obstacles_in(said.text()));
    Draft& draft = c.symptom(workload, fault, "cannot be scheduled");
    draft.detail = detail_of(fault, said.text());
    cite_nodes(draft, placement, pod);
  }
  Draft& draft = c.last();
  if (condition) draft.cite(pod, *condition + (at_path(pod.root(), *condition + ".message") ? ".message" : ".reason"));
  if (event) draft.cite_event(*event);
  return true;
}

}  // namespace

void find_unschedulable(Case& c) {
  for (const Workload& workload : c.cluster().workloads()) {
    if (c.has_symptom(workload.ref)) continue;
    for (const ObjectView& pod : workload.pods)
      if (tell_gated(c, workload, pod) || tell_unschedulable(c, workload, pod)) break;
  }
}

}  // namespace ai_ops::diagnosis
