// Nodes: a service of theirs that is down (kubelet, containerd, kube-proxy, kube-scheduler), a node that is not ready
// or under pressure; and pods that no scheduler has looked at. Evidence: the unit's state where `systemctl status` is
// at hand, the node's conditions and events, the pods that wait without a word from a scheduler. Effects: the workloads
// that have a pod there and are ill, and the pods that the scheduler keeps away for the taint of such a condition.
// Source: kubernetes.io/docs/concepts/architecture/nodes (conditions, heartbeats), the kubelet's and the node lifecycle
// controller's reasons; kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration (taint by condition).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "ai-ops/diagnosis/observed.h"
#include "ai-ops/diagnosis/phrases.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kSchedulingTime = 30s;  // a scheduler that runs looks at a pod within a second or so
constexpr auto kJoiningTime = 2min;    // of a new node: its network plugin is a pod that must start there first
constexpr std::string_view kNoScheduler = "scheduler-unavailable";

struct Unit {
  std::string_view name;
  std::string_view fault;
};
constexpr Unit kUnits[] = {{"kubelet", "kubelet-unavailable"},        {"containerd", "container-runtime-unavailable"},
                           {"crio", "container-runtime-unavailable"}, {"docker", "container-runtime-unavailable"},
                           {"kube-proxy", "kube-proxy-unavailable"},  {"kube-scheduler", kNoScheduler}};

std::string_view fault_of_unit(std::string_view unit) {
  if (unit.ends_with(".service")) unit.remove_suffix(std::string_view(".service").size());
  auto row = std::ranges::find(kUnits, unit, &Unit::name);
  return row == std::end(kUnits) ? "node-service-unavailable" : row->fault;
}

// What the kubelet and the node lifecycle controller say of the others.
constexpr Phrase kReadyPhrases[] = {
    {{"kubelet stopped posting", ""}, "kubelet-unavailable"},
    {{"container runtime", "down"}, "container-runtime-unavailable"},
    {{"container runtime network not ready", ""}, "network-plugin-unavailable"},
    {{"cni", "not initialized"}, "network-plugin-unavailable"},
};
constexpr std::array<std::string_view, 3> kPressures{"MemoryPressure", "DiskPressure", "PIDPressure"};

// The taint that the node lifecycle controller sets while a condition is not what it should be.
struct ConditionTaint {
  std::string_view condition;
  std::string_view key;
};
constexpr ConditionTaint kConditionTaints[] = {{"Ready", "node.kubernetes.io/not-ready"},
                                               {"Ready", "node.kubernetes.io/unreachable"},
                                               {"MemoryPressure", "node.kubernetes.io/memory-pressure"},
                                               {"DiskPressure", "node.kubernetes.io/disk-pressure"},
                                               {"PIDPressure", "node.kubernetes.io/pid-pressure"},
                                               {"NetworkUnavailable", "node.kubernetes.io/network-unavailable"}};
// What was told of nodes, by the condition: indices of drafts.
using ToldByCondition = std::multimap<std::string_view, std::size_t>;

ObjectRef node_ref(std::string_view name) { return {"Node", "", std::string(name), {}}; }

using PodsByNode = std::map<std::string_view, std::set<const Workload*>>;

PodsByNode workloads_by_node(const Cluster& cluster) {
  PodsByNode out;
  for (const Workload& workload : cluster.workloads())
    for (const ObjectView& pod : workload.pods) out[pod.spec()["nodeName"].text()].insert(&workload);
  return out;
}

// The workloads that have a pod on the node and are ill.
void link_effects(Case& c, const PodsByNode& by_node, std::string_view node, std::size_t cause) {
  auto found = by_node.find(node);
  if (found == by_node.end()) return;
  for (const Workload* workload : found->second)
    for (std::size_t symptom : c.symptoms_of(workload->ref)) c.link(symptom, cause);
}

// ---- units
// One that systemd starts again after each failure is "activating" in between, with the result of the last try.
bool is_up(json::View status) {
  std::string_view active = status["active"].text(), result = status["result"].text("success");
  return active == "active" || active == "reloading" || (active == "activating" && result == "success");
}

void tell_unit(Case& c, const ObjectView& service, const PodsByNode& by_node) {
  std::string_view node = service.spec()["node"].text(), unit = service.spec()["unit"].text();
  std::string_view active = service.status()["active"].text();
  if (node.empty() || active.empty() || is_up(service.status())) return;
  std::string_view fault = fault_of_unit(unit);
  Draft& draft =
      c.symptom(node_ref(node), fault, Severity::critical, fmt::format("{} is {} on it", quote(unit), quote(active)));
  draft.cite(service, "status.active");
  draft.cite(service, "status.result");
  draft.cite(service, "status.since");
  if (fault != kNoScheduler) link_effects(c, by_node, node, c.last_index());
}

// ---- conditions
// The index of what it tells.
std::size_t tell_not_ready(Case& c, const ObjectView& node, std::size_t at, const PodsByNode& by_node) {
  json::View condition(node.status()["conditions"].array()[at]);
  std::string_view message = condition["message"].text();
  const Phrase* told = phrase_in(message, kReadyPhrases);
  std::string_view fault = told == nullptr ? "node-not-ready" : told->fault;
  bool is_explained = c.has_symptom(node_ref(node.name()));
  Draft& draft =
      c.symptom(node_ref(node.name()), is_explained ? "node-not-ready" : fault, Severity::critical, "is not ready");
  std::size_t index = c.last_index();
  draft.detail = quote(message.empty() ? condition["reason"].text() : message);
  draft.cite(node, fmt::format("status.conditions[{}].status", at));
  draft.cite(node, fmt::format("status.conditions[{}].message", at));
  if (is_explained) c.link(index, c.symptoms_of(node_ref(node.name())).front());
  link_effects(c, by_node, node.name(), index);
  return index;
}

bool is_joining(const ObjectView& node, WallTime now) {
  auto made = time_of(node.metadata()["creationTimestamp"]);
  return made && now - *made < kJoiningTime;
}

void look_at_conditions(Case& c, const ObjectView& node, const PodsByNode& by_node, ToldByCondition& told) {
  const json::Array& conditions = node.status()["conditions"].array();
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    json::View condition(conditions[i]);
    std::string_view type = condition["type"].text(), status = condition["status"].text();
    if (type == "Ready" && status != "True" && !is_joining(node, c.now()))
      told.emplace(type, tell_not_ready(c, node, i, by_node));
    bool is_pressure = std::ranges::find(kPressures, type) != kPressures.end() || type == "NetworkUnavailable";
    if (!is_pressure || status != "True") continue;
    std::string_view fault = type == "NetworkUnavailable" ? "network-plugin-unavailable" : "node-under-pressure";
    Draft& draft = c.symptom(node_ref(node.name()), fault, Severity::warning, fmt::format("reports {}", type));
    draft.detail = quote(condition["message"].text());
    draft.cite(node, fmt::format("status.conditions[{}].status", i));
    link_effects(c, by_node, node.name(), c.last_index());
    told.emplace(type, c.last_index());
  }
}

// The scheduler names the taint, or the node shows it; either is among the symptom's evidence.
void link_kept_away(Case& c, const ToldByCondition& told) {
  if (told.empty()) return;
  for (std::size_t symptom = 0; symptom < c.drafts().size(); ++symptom) {
    if (c.drafts()[symptom].fault != "untolerated-taint") continue;
    for (const ConditionTaint& taint : kConditionTaints) {
      auto names_it = [&](const Evidence& e) { return e.text.contains(taint.key); };
      if (std::ranges::none_of(c.drafts()[symptom].evidence, names_it)) continue;
      auto [first, last] = told.equal_range(taint.condition);
      for (auto it = first; it != last; ++it) c.link(symptom, it->second);
    }
  }
}

// ---- pods that nobody schedules
bool is_unseen(const Case& c, const ObjectView& pod) {
  if (pod.status()["phase"].text() != "Pending" || !pod.spec()["nodeName"].text().empty()) return false;
  // Every whole status of a pod tells its quality of service.
  if (!pod.status()["qosClass"] || pod.condition("PodScheduled") || !pod.spec()["schedulingGates"].array().empty())
    return false;
  auto made = time_of(pod.metadata()["creationTimestamp"]);
  if (made && c.now() - *made < kSchedulingTime) return false;
  return std::ranges::none_of(c.cluster().events_about(pod), [](const ObjectView& event) {
    return event.root()["reason"].text() == "FailedScheduling" || event.root()["reason"].text() == "Scheduled";
  });
}

void tell_unseen(Case& c, const Workload& workload, const ObjectView& pod) {
  std::string_view name = pod.spec()["schedulerName"].text("default-scheduler");
  std::vector<std::size_t> down;
  for (std::size_t i = 0; i < c.drafts().size(); ++i)
    if (c.drafts()[i].object.kind == "Node" && c.drafts()[i].fault == kNoScheduler) down.push_back(i);
  Draft& draft = c.symptom(workload, kNoScheduler, fmt::format("no scheduler has looked at its pod ({})", quote(name)));
  std::size_t index = c.last_index();
  draft.certainty = Certainty::told;
  draft.cite(pod, "status.phase");
  for (std::size_t cause : down) c.link(index, cause);
}

}  // namespace

void find_node_faults(Case& c) {
  PodsByNode by_node = workloads_by_node(c.cluster());
  for (const ObjectView& service : c.cluster().snapshot().of_kind(observed::kNodeService))
    tell_unit(c, service, by_node);
  ToldByCondition told;
  for (const ObjectView& node : c.cluster().snapshot().of_kind("Node")) look_at_conditions(c, node, by_node, told);
  link_kept_away(c, told);
  for (const Workload& workload : c.cluster().workloads()) {
    if (c.has_symptom(workload.ref)) continue;
    for (const ObjectView& pod : workload.pods)
      if (is_unseen(c, pod)) {
        tell_unseen(c, workload, pod);
        break;
      }
  }
}

}  // namespace ai_ops::diagnosis
