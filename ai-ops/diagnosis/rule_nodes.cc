// Nodes: a service of theirs that is down (kubelet, containerd, kube-proxy, kube-scheduler), a node that is not ready
// or under pressure; and pods that no scheduler has looked at. Evidence: the unit's state where `systemctl status` is
// at hand, the node's conditions and events, the pods that wait without a word from a scheduler. Effects: what such a
// fault can bring about in the pods that stand there and are ill (node_effect.h), and the pods that the scheduler keeps
// away for the taint of such a condition.
// Source: kubernetes.io/docs/concepts/architecture/nodes (conditions, heartbeats), the kubelet's and the node lifecycle
// controller's reasons; kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration (taint by condition).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>

#include "ai-ops/diagnosis/node_effect.h"
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
constexpr std::string_view kNotReady = "node-not-ready";

struct Unit {
  std::string_view name;
  std::string_view fault;
};
constexpr Unit kUnits[] = {{"kubelet", "kubelet-unavailable"},        {"containerd", "container-runtime-unavailable"},
                           {"crio", "container-runtime-unavailable"}, {"docker", "container-runtime-unavailable"},
                           {"kube-proxy", "kube-proxy-unavailable"},  {"kube-scheduler", kNoScheduler}};

constexpr std::string_view kAnotherUnit = "node-service-unavailable";  // than those that the cluster stands on

std::string_view fault_of_unit(std::string_view unit) {
  if (unit.ends_with(".service")) unit.remove_suffix(std::string_view(".service").size());
  auto row = std::ranges::find(kUnits, unit, &Unit::name);
  return row == std::end(kUnits) ? kAnotherUnit : row->fault;
}

// Nobody wants such a unit to run: it is not started at boot, may not be started, or is not installed.
constexpr std::array<std::string_view, 4> kUnwanted{"disabled", "masked", "masked-runtime", "not-found"};

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

// `fault`: of the node, or the condition that it reports.
void link_effects(Case& c, const PodsByNode& by_node, std::string_view node, std::string_view fault) {
  auto found = by_node.find(node);
  if (found == by_node.end()) return;
  std::size_t cause = c.last_index();
  for (const Workload* workload : found->second)
    for (std::size_t symptom : c.symptoms_of(workload->ref))
      if (is_effect_on(c, fault, node, *workload, c.drafts()[symptom])) c.link(symptom, cause);
}

// ---- units
// One that systemd starts again after each failure is "activating" in between, with the result of the last try.
bool is_up(json::View status) {
  std::string_view active = status["active"].text(), result = status["result"].text("success");
  return active == "active" || active == "reloading" || (active == "activating" && result == "success");
}

// The last that systemd did with it: "Stopped" of "n1 systemd[1]: Stopped x.service - X."; what it says of its
// processes
// ("x.service: Consumed 1s CPU time.") is no such word.
std::string_view last_deed(json::View status) {
  constexpr std::string_view kBySystemd = " systemd[1]: ";
  const json::Array& lines = status["lines"].array();
  for (std::size_t i = lines.size(); i-- > 0;) {
    std::string_view line = json::View(lines[i]).text();
    std::size_t at = line.find(kBySystemd);
    if (at == line.npos) continue;
    std::string_view rest = line.substr(at + kBySystemd.size());
    std::string_view word = rest.substr(0, rest.find(' '));
    if (!word.ends_with(':')) return word;
  }
  return {};
}

// Inactive is how a unit waits for its timer or socket, how one rests that others start or that has done its work, and
// how one is that nobody wants. What the cluster stands on runs on: whoever stopped it took it away, whatever its file
// says by now. Source: systemctl(1), systemd.unit(5).
bool rests(json::View status, std::string_view fault) {
  if (status["active"].text() != "inactive" || status["result"].text("success") != "success") return false;
  std::string_view unit_file = status["unit_file"].text();
  bool is_unwanted = std::ranges::find(kUnwanted, unit_file) != kUnwanted.end();
  if (fault != kAnotherUnit) return is_unwanted && status["since"].is_null();  // it never ran
  bool is_started_by_others = status["triggered"].boolean_or(false) || unit_file == "static";
  std::string_view last = last_deed(status);
  return is_unwanted || (is_started_by_others && last != "Stopped") || last == "Finished";
}

void tell_unit(Case& c, const ObjectView& service, const PodsByNode& by_node) {
  std::string_view node = service.spec()["node"].text(), unit = service.spec()["unit"].text();
  std::string_view active = service.status()["active"].text();
  if (node.empty() || active.empty() || is_up(service.status())) return;
  std::string_view fault = fault_of_unit(unit);
  if (rests(service.status(), fault)) return;
  Draft& draft =
      c.symptom(node_ref(node), fault, Severity::critical, fmt::format("{} is {} on it", quote(unit), quote(active)));
  draft.cite(service, "status.active");
  draft.cite(service, "status.result");
  draft.cite(service, "status.since");
  link_effects(c, by_node, node, fault);
}

// ---- conditions
// What was found of the node that its Ready condition speaks of; where that says nothing, whatever it could speak of.
std::vector<std::size_t> reasons_found(const Case& c, const ObjectView& node, const Phrase* told) {
  std::vector<std::size_t> out;
  std::ranges::copy_if(c.symptoms_of(node_ref(node.name())), std::back_inserter(out), [&](std::size_t index) {
    std::string_view fault = c.drafts()[index].fault;
    return told == nullptr ? std::ranges::count(kReadyPhrases, fault, &Phrase::fault) > 0 : fault == told->fault;
  });
  return out;
}

// The index of what it tells.
std::size_t tell_not_ready(Case& c, const ObjectView& node, std::size_t at, const PodsByNode& by_node) {
  json::View condition(node.status()["conditions"].array()[at]);
  std::string_view message = condition["message"].text();
  const Phrase* told = phrase_in(message, kReadyPhrases);
  std::string_view fault = told == nullptr ? kNotReady : told->fault;
  std::vector<std::size_t> known = reasons_found(c, node, told);
  Draft& draft =
      c.symptom(node_ref(node.name()), known.empty() ? fault : kNotReady, Severity::critical, "is not ready");
  std::size_t index = c.last_index();
  draft.detail = quote(message.empty() ? condition["reason"].text() : message);
  draft.cite(node, fmt::format("status.conditions[{}].status", at));
  draft.cite(node, fmt::format("status.conditions[{}].message", at));
  for (std::size_t cause : known) c.link(index, cause);
  link_effects(c, by_node, node.name(), fault);
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
    link_effects(c, by_node, node.name(), type == "NetworkUnavailable" ? fault : type);
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
