#include <fmt/format.h>

#include <map>
#include <optional>

#include "demo-cluster/world/controllers.h"
#include "demo-cluster/world/pod_facts.h"
#include "foundation/kubernetes/object.h"

namespace demo_cluster::world {
namespace {

struct Load {
  Stored node;
  Demand used;
  std::int64_t pods = 0;
};

std::vector<Load> loads_of(const Store& store) {
  std::vector<Load> loads;
  for (auto& node : store.list("Node")) loads.push_back({std::move(node), {}, 0});
  std::map<std::string_view, Load*> by_name;
  for (auto& load : loads) by_name[json::View(*load.node)["metadata"]["name"].text()] = &load;
  for (const auto& pod : store.list("Pod")) {
    if (is_finished_pod(*pod)) continue;
    auto found = by_name.find(json::View(*pod)["spec"]["nodeName"].text());
    if (found == by_name.end()) continue;
    found->second->used += demand_of(*pod);
    ++found->second->pods;
  }
  return loads;
}

// Why the pod cannot go to that node, in the scheduler's words; nothing when it fits.
std::optional<std::string_view> obstacle(const Load& load, json::View pod, const Demand& demand) {
  json::View node(*load.node);
  if (node["spec"]["unschedulable"].boolean_or(false)) return "node(s) were unschedulable";
  if (kubernetes::ObjectView(node).condition("Ready")["status"].text() != "True") return "node(s) were not ready";
  auto selector = pod["spec"]["nodeSelector"];
  if (!selector.object().empty() && !kubernetes::plain_selector_matches(selector, node["metadata"]["labels"]))
    return "node(s) didn't match Pod's node affinity/selector";
  auto room = node["status"]["allocatable"];
  if (load.used.cpu + demand.cpu > milli(room["cpu"])) return "Insufficient cpu";
  if (load.used.memory + demand.memory > milli(room["memory"])) return "Insufficient memory";
  if ((load.pods + 1) * 1'000 > milli(room["pods"])) return "Too many pods";
  return std::nullopt;
}

// A claim that the pod waits for, in the scheduler's words.
std::optional<std::string> missing_claim(const Store& store, json::View pod) {
  for (const auto& volume : pod["spec"]["volumes"].array()) {
    auto name = json::View(volume)["persistentVolumeClaim"]["claimName"].text();
    if (name.empty()) continue;
    auto claim =
        store.find({"PersistentVolumeClaim", std::string(pod["metadata"]["namespace"].text()), std::string(name)});
    if (!claim) return fmt::format("persistentvolumeclaim \"{}\" not found", name);
    if (json::View(*claim)["status"]["phase"].text() != "Bound")
      return "pod has unbound immediate PersistentVolumeClaims";
  }
  return std::nullopt;
}

void assign(Step& step, const Stored& pod, Load& load, const Demand& demand) {
  auto node = std::string(json::View(*load.node)["metadata"]["name"].text());
  json::Value after = *pod;
  object_at(after, {"spec"})["nodeName"] = node;
  set_condition(array_at(after, {"status", "conditions"}), "PodScheduled", true, "", "", step.now);
  step.write(pod, std::move(after));
  load.used += demand;
  ++load.pods;
  json::View view(*pod);
  step.event(view, {"Normal", "Scheduled",
                    fmt::format("Successfully assigned {}/{} to {}", view["metadata"]["namespace"].text(),
                                view["metadata"]["name"].text(), node),
                    "default-scheduler"});
}

void leave(Step& step, const Stored& pod, const std::string& why) {
  json::Value after = *pod;
  if (!set_condition(array_at(after, {"status", "conditions"}), "PodScheduled", false, "Unschedulable", why, step.now))
    return;
  step.write(pod, std::move(after));
  step.event(*pod, {"Warning", "FailedScheduling", why, "default-scheduler"});
}

void place(Step& step, const Stored& pod, std::vector<Load>& loads) {
  auto total = loads.size();
  if (auto claim = missing_claim(step.store, *pod)) {
    leave(step, pod, fmt::format("0/{} nodes are available: {}.", total, *claim));
    return;
  }
  auto demand = demand_of(*pod);
  std::map<std::string, int> obstacles;
  Load* best = nullptr;
  for (auto& load : loads) {
    if (auto why = obstacle(load, *pod, demand))
      ++obstacles[std::string(*why)];
    else if (best == nullptr || load.pods < best->pods)
      best = &load;
  }
  if (best != nullptr) {
    assign(step, pod, *best, demand);
    return;
  }
  std::string list;
  for (const auto& [why, nodes] : obstacles) list += fmt::format("{}{} {}", list.empty() ? "" : ", ", nodes, why);
  leave(step, pod,
        fmt::format("0/{0} nodes are available: {1}. preemption: 0/{0} nodes are available: {0} No preemption victims "
                    "found for incoming pod.",
                    total, list));
}

}  // namespace

void step_scheduler(Step& step) {
  std::vector<Stored> waiting;
  for (auto& pod : step.store.list("Pod"))
    if (json::View(*pod)["spec"]["nodeName"].text().empty() && is_active(*pod)) waiting.push_back(std::move(pod));
  if (waiting.empty()) return;
  auto loads = loads_of(step.store);
  for (const auto& pod : waiting) place(step, pod, loads);
}

}  // namespace demo_cluster::world
