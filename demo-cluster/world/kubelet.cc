// The kubelet over a pod: address, phase, conditions, its end. What happens to a container is in containers.cc.
#include "demo-cluster/world/kubelet.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "demo-cluster/world/container_turn.h"
#include "demo-cluster/world/pod_facts.h"

namespace demo_cluster::world {
namespace {

constexpr Milliseconds kStopTime{800};  // from the deletion of a pod to its end

std::size_t node_number(const Store& store, std::string_view name) {
  auto nodes = store.list("Node");
  auto at =
      std::ranges::find_if(nodes, [&](const Stored& n) { return json::View(*n)["metadata"]["name"].text() == name; });
  return std::size_t(at - nodes.begin());
}

std::string host_ip(const Store& store, std::string_view name) {
  auto node = store.find({"Node", "", std::string(name)});
  if (node)
    for (const auto& address : json::View(*node)["status"]["addresses"].array())
      if (json::View(address)["type"].text() == "InternalIP") return std::string(json::View(address)["address"].text());
  return fmt::format("192.168.0.{}", 1 + node_number(store, name));
}

std::string free_pod_ip(const Store& store, std::string_view node) {
  std::set<std::string, std::less<>> taken;
  for (const auto& pod : store.list("Pod")) taken.emplace(json::View(*pod)["status"]["podIP"].text());
  auto net = node_number(store, node);
  for (int i = 2; i < 65'000; ++i)
    if (auto ip = fmt::format("10.{}.{}.{}", 244 + net / 256, net % 256, i); i < 255 && !taken.contains(ip)) return ip;
  return fmt::format("10.250.{}.1", net % 256);  // a node takes 110 pods: never reached
}

std::string_view phase_of(json::View pod, const json::Array& containers) {
  auto is = [&](auto test) { return std::ranges::all_of(containers, test); };
  bool started = is([](const json::Value& c) {
    return json::View(c)["restartCount"].integer_or(0) > 0 || !json::View(c)["state"]["waiting"];
  });
  if (!started) return "Pending";
  bool ended = is([](const json::Value& c) { return bool(json::View(c)["state"]["terminated"]); });
  if (!ended || pod["spec"]["restartPolicy"].text() != "Never") return "Running";
  bool well =
      is([](const json::Value& c) { return json::View(c)["state"]["terminated"]["exitCode"].integer_or(1) == 0; });
  return well ? "Succeeded" : "Failed";
}

std::string_view qos_of(json::View pod) {
  bool any = false, all = true;
  for (const auto& container : pod["spec"]["containers"].array()) {
    auto resources = json::View(container)["resources"];
    for (auto name : {"cpu", "memory"}) {
      bool asked = bool(resources["requests"][name]);
      any = any || asked;
      all = all && asked && text_of(resources["limits"][name]) == text_of(resources["requests"][name]);
    }
  }
  return all ? "Guaranteed" : any ? "Burstable" : "BestEffort";
}

void set_conditions(json::Array& conditions, const json::Array& containers, WallTime now) {
  std::string unready;
  for (const auto& container : containers)
    if (!json::View(container)["ready"].boolean_or(false))
      unready += fmt::format("{}{}", unready.empty() ? "" : " ", json::View(container)["name"].text());
  auto why = unready.empty() ? "" : fmt::format("containers with unready status: [{}]", unready);
  auto reason = unready.empty() ? "" : "ContainersNotReady";
  set_condition(conditions, "PodScheduled", true, "", "", now);
  set_condition(conditions, "Initialized", true, "", "", now);
  set_condition(conditions, "ContainersReady", unready.empty(), reason, why, now);
  set_condition(conditions, "Ready", unready.empty(), reason, why, now);
}

}  // namespace

void Kubelet::step(Step& step) {
  for (auto& [id, memory] : memories_) memory.seen = false;
  for (const auto& pod : step.store.list("Pod"))
    if (!json::View(*pod)["spec"]["nodeName"].text().empty()) step_pod(step, pod);
  std::erase_if(memories_, [](const auto& entry) { return !entry.second.seen; });
  next_due_ = WallTime::max();
  for (const auto& [id, memory] : memories_)
    if (memory.due) next_due_ = std::min(next_due_, *memory.due);
}

void Kubelet::step_pod(Step& step, const Stored& pod) {
  if (is_going(*pod)) return end_pod(step, pod);
  if (is_finished_pod(*pod)) {  // its logs stay
    for (const auto& container : json::View(*pod)["spec"]["containers"].array())
      memories_[memory_id(*pod, json::View(container)["name"].text())].seen = true;
    return;
  }
  step.write_status(pod, status_of(step, pod));
}

void Kubelet::end_pod(Step& step, const Stored& pod) {
  auto& memory = memories_[memory_id(*pod, "")];
  memory.seen = true;
  if (!memory.due) {
    memory.due = step.now + kStopTime;
    for (const auto& container : json::View(*pod)["spec"]["containers"].array()) {
      auto name = json::View(container)["name"].text();
      step.event(*pod, {"Normal", "Killing", fmt::format("Stopping container {}", name), "kubelet",
                        fmt::format("spec.containers{{{}}}", name)});
    }
  } else if (step.now >= *memory.due) {
    step.store.erase(key_of(*pod));
    memory.seen = false;
  }
}

json::Object Kubelet::status_of(Step& step, const Stored& pod) {
  json::View view(*pod);
  json::Object status = view["status"].object();
  auto node = view["spec"]["nodeName"].text();
  if (!status.contains("startTime")) {
    status["startTime"] = time_text(step.now);
    status["hostIP"] = host_ip(step.store, node);
    status["podIP"] = free_pod_ip(step.store, node);
    status["podIPs"] = json::Array{json::Object{{"ip", status["podIP"]}}};
    status["qosClass"] = qos_of(view);
  }
  auto containers = container_statuses(step, view);
  status["phase"] = phase_of(view, containers);
  json::Array conditions = view["status"]["conditions"].array();
  set_conditions(conditions, containers, step.now);
  status["conditions"] = std::move(conditions);
  status["containerStatuses"] = std::move(containers);
  return status;
}

json::Array Kubelet::container_statuses(Step& step, json::View pod) {
  json::Array out;
  for (const auto& container : pod["spec"]["containers"].array()) {
    json::View spec(container);
    auto name = spec["name"].text();
    auto& memory = memories_[memory_id(pod, name)];
    memory.seen = true;
    const auto* before = status_in(pod, name);
    Turn turn{step,
              pod,
              spec,
              memory,
              before != nullptr ? before->as_object() : json::Object{},
              fault_of(step.store, pod, spec)};
    advance(turn);
    out.push_back(std::move(turn.status));
  }
  return out;
}

}  // namespace demo_cluster::world
