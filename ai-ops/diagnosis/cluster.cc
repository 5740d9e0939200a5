#include "ai-ops/diagnosis/cluster.h"

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/evidence.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::array<std::string_view, 7> kWorkloadKinds{"Deployment", "StatefulSet", "DaemonSet", "CronJob",
                                                         "Job",        "ReplicaSet",  "Pod"};
constexpr int kMaxOwners = 8;  // a chain longer than this is a loop

bool runs_pods(std::string_view kind) { return std::ranges::find(kWorkloadKinds, kind) != kWorkloadKinds.end(); }

bool is_finished(const ObjectView& pod) {
  std::string_view phase = pod.status()["phase"].text();
  return phase == "Succeeded" || phase == "Failed";
}

// A ReplicaSet that is not in the snapshot still tells its Deployment: it is called <deployment>-<pod-template-hash>.
std::optional<ObjectRef> deployment_by_hash(const ObjectView& pod, const ObjectRef& replica_set) {
  std::string_view hash = pod.metadata()["labels"]["pod-template-hash"].text();
  std::string suffix = "-" + std::string(hash);
  if (hash.empty() || replica_set.kind != "ReplicaSet" || !replica_set.name.ends_with(suffix)) return std::nullopt;
  return ObjectRef{"Deployment", replica_set.namespace_name,
                   replica_set.name.substr(0, replica_set.name.size() - suffix.size()), ""};
}

std::size_t ready_in_slice(const ObjectView& slice) {
  return static_cast<std::size_t>(std::ranges::count_if(slice.root()["endpoints"].array(), [](const auto& endpoint) {
    return json::View(endpoint)["conditions"]["ready"].boolean_or(true);  // absent means ready
  }));
}

std::size_t ready_in_endpoints(const ObjectView& endpoints) {
  std::size_t ready = 0;
  for (const json::Value& subset : endpoints.root()["subsets"].array())
    ready += json::View(subset)["addresses"].array().size();
  return ready;
}

json::View object_of_event(const ObjectView& event) {
  json::View involved = event.root()["involvedObject"];
  return involved ? involved : event.root()["regarding"];
}

}  // namespace

Cluster::Cluster(const Snapshot& snapshot) : snapshot_(snapshot) {
  for (const ObjectView& object : snapshot_.all()) {
    kinds_.emplace(object.kind());
    if (object.kind() == "Namespace") namespaces_.emplace(object.name());
    if (!object.namespace_name().empty()) namespaces_.emplace(object.namespace_name());
    if (object.kind() != "Event") continue;
    json::View about = object_of_event(object);
    events_[{std::string(about["kind"].text()), std::string(about["namespace"].text()),
             std::string(about["name"].text())}]
        .push_back(object);
  }
  for (auto& [key, events] : events_)
    std::ranges::sort(events, std::ranges::greater(),
                      [](const ObjectView& event) { return std::pair(time_of_event(event), event.name()); });
  for (std::string_view kind : kWorkloadKinds)
    for (const ObjectView& object : snapshot_.of_kind(kind))
      if (ObjectRef top = top_owner(object); top.kind == object.kind() && top.name == object.name())
        add_workload(object);
  add_pods();
  for (const Workload& workload : workloads_)
    if (workload.pods.empty()) idle_[workload.ref.namespace_name].push_back(&workload);
}

void Cluster::add_workload(const ObjectView& object) {
  ObjectRef ref = object.ref();
  Workload& added = workloads_.emplace_back(Workload{ref, object, {}});
  by_key_[{ref.kind, ref.namespace_name, ref.name}] = &added;
}

void Cluster::add_pods() {
  for (const ObjectView& pod : snapshot_.of_kind("Pod")) {
    if (is_finished(pod) || is_leaving(pod)) continue;
    pods_by_label_[{std::string(pod.namespace_name()), "", ""}].push_back(pod);
    for (const auto& [label, value] : foundation::kubernetes::labels_of(pod.metadata()["labels"]))
      pods_by_label_[{std::string(pod.namespace_name()), label, value}].push_back(pod);
    ObjectRef top = top_owner(pod);
    auto found = by_key_.find({top.kind, top.namespace_name, top.name});
    if (found != by_key_.end()) found->second->pods.push_back(pod);
  }
}

ObjectRef Cluster::top_owner(const ObjectView& object) const {
  ObjectView at = object;
  for (int i = 0; i < kMaxOwners; ++i) {
    auto owner = at.controller();
    if (!owner || !runs_pods(owner->kind)) break;
    auto found = snapshot_.find(owner->kind, owner->namespace_name, owner->name);
    if (!found) {
      auto deployment = deployment_by_hash(at, *owner);
      if (deployment) found = snapshot_.find(deployment->kind, deployment->namespace_name, deployment->name);
    }
    if (!found) break;
    at = *found;
  }
  return at.ref();
}

// A pod whose ReplicaSet wants none is what a rollout or a scale-down leaves behind for a moment.
bool Cluster::is_leaving(const ObjectView& pod) const {
  if (pod.metadata()["deletionTimestamp"]) return true;
  auto owner = pod.controller();
  if (!owner || owner->kind != "ReplicaSet") return false;
  auto set = snapshot_.find(owner->kind, owner->namespace_name, owner->name);
  return set && set->spec()["replicas"].integer_or(1) == 0;
}

const Workload* Cluster::workload_of(const ObjectView& object) const {
  ObjectRef top = top_owner(object);
  auto found = by_key_.find({top.kind, top.namespace_name, top.name});
  return found == by_key_.end() ? nullptr : found->second;
}

std::span<const ObjectView> Cluster::candidates(std::string_view namespace_name, json::View labels) const {
  std::string home(namespace_name);
  auto all = pods_by_label_.find({home, "", ""});
  if (all == pods_by_label_.end()) return {};
  std::span<const ObjectView> fewest = all->second;
  for (const auto& [label, value] : foundation::kubernetes::labels_of(labels)) {
    auto pods = pods_by_label_.find({home, label, value});
    if (pods == pods_by_label_.end()) return {};
    if (pods->second.size() < fewest.size()) fewest = pods->second;
  }
  return fewest;
}

std::vector<ObjectView> Cluster::pods_behind(const ObjectView& service) const {
  json::View selector = service.spec()["selector"];
  std::vector<ObjectView> out;
  if (selector.object().empty()) return out;
  std::ranges::copy_if(candidates(service.namespace_name(), selector), std::back_inserter(out),
                       [&](const ObjectView& pod) {
                         return foundation::kubernetes::plain_selector_matches(selector, pod.metadata()["labels"]);
                       });
  return out;
}

std::vector<ObjectView> Cluster::pods_selected(std::string_view namespace_name, json::View label_selector) const {
  std::vector<ObjectView> out;
  std::ranges::copy_if(candidates(namespace_name, label_selector["matchLabels"]), std::back_inserter(out),
                       [&](const ObjectView& pod) {
                         return foundation::kubernetes::selector_matches(label_selector, pod.metadata()["labels"]);
                       });
  return out;
}

bool Cluster::hides_pod_labels(std::string_view namespace_name) const {
  auto pods = candidates(namespace_name, {});
  return !pods.empty() &&
         std::ranges::none_of(pods, [](const ObjectView& pod) { return !pod.metadata()["labels"].object().empty(); });
}

bool Cluster::selects_something(std::string_view namespace_name, json::View label_selector) const {
  if (hides_pod_labels(namespace_name) || !pods_selected(namespace_name, label_selector).empty()) return true;
  auto idle = idle_.find(namespace_name);
  return idle != idle_.end() && std::ranges::any_of(idle->second, [&](const Workload* workload) {
           return foundation::kubernetes::selector_matches(label_selector, pod_labels_of(*workload));
         });
}

std::vector<const Workload*> Cluster::behind(const ObjectView& service) const {
  std::vector<const Workload*> out;
  for (const ObjectView& pod : pods_behind(service)) {
    const Workload* workload = workload_of(pod);
    if (workload && std::ranges::find(out, workload) == out.end()) out.push_back(workload);
  }
  if (!out.empty()) return out;
  for (const Workload& workload : workloads_)
    if (workload.ref.namespace_name == service.namespace_name() && workload.ref.kind != "Pod" &&
        foundation::kubernetes::plain_selector_matches(service.spec()["selector"], pod_labels_of(workload)))
      out.push_back(&workload);
  return out;
}

std::optional<std::size_t> Cluster::ready_endpoints(const ObjectView& service) const {
  if (!service.spec()["selector"].object().empty())
    return static_cast<std::size_t>(std::ranges::count_if(pods_behind(service), is_ready));
  std::optional<std::size_t> ready;
  for (const ObjectView& slice : snapshot_.of_kind("EndpointSlice"))
    if (slice.namespace_name() == service.namespace_name() &&
        slice.metadata()["labels"]["kubernetes.io/service-name"].text() == service.name())
      ready = ready.value_or(0) + ready_in_slice(slice);
  if (ready) return ready;
  if (auto endpoints = snapshot_.find("Endpoints", service.namespace_name(), service.name()))
    return ready_in_endpoints(*endpoints);
  return std::nullopt;
}

std::vector<ObjectView> Cluster::events_about(const ObjectView& object) const {
  auto found =
      events_.find({std::string(object.kind()), std::string(object.namespace_name()), std::string(object.name())});
  if (found == events_.end()) return {};
  std::vector<ObjectView> out;
  for (const ObjectView& event : found->second) {
    std::string_view uid = object_of_event(event)["uid"].text();
    if (uid.empty() || object.uid().empty() || uid == object.uid()) out.push_back(event);
  }
  return out;
}

Readiness readiness_of(const Workload& workload) {
  json::View status = workload.object.status();
  std::string_view kind = workload.ref.kind;
  if (kind == "DaemonSet") return {status["numberReady"].integer_or(0), status["desiredNumberScheduled"].integer_or(0)};
  Readiness by_pods{std::ranges::count_if(workload.pods, is_ready), static_cast<std::int64_t>(workload.pods.size())};
  if (kind != "Deployment" && kind != "StatefulSet" && kind != "ReplicaSet") return by_pods;
  bool has_status = status["replicas"] || status["readyReplicas"] || status["observedGeneration"];
  return {has_status ? status["readyReplicas"].integer_or(0) : by_pods.ready,
          workload.object.spec()["replicas"].integer_or(1)};
}

std::string pod_spec_path(std::string_view kind) {
  if (kind == "Pod") return "spec";
  if (kind == "CronJob") return "spec.jobTemplate.spec.template.spec";
  return "spec.template.spec";
}

json::View pod_labels_of(const Workload& workload) {
  if (workload.ref.kind == "Pod") return workload.object.metadata()["labels"];
  std::string path = pod_spec_path(workload.ref.kind);
  path.resize(path.rfind('.'));
  return at_path(workload.object.root(), path)["metadata"]["labels"];
}

bool is_ready(const ObjectView& pod) { return pod.condition("Ready")["status"].text() == "True"; }

std::optional<WallTime> time_of(json::View text) {
  auto time = foundation::parse_rfc3339(text.text());
  return time ? std::optional(*time) : std::nullopt;
}

std::optional<WallTime> time_of_event(const ObjectView& event) {
  json::View root = event.root();
  for (json::View text : {root["series"]["lastObservedTime"], root["lastTimestamp"], root["eventTime"],
                          root["firstTimestamp"], event.metadata()["creationTimestamp"]})
    if (auto time = time_of(text)) return time;
  return std::nullopt;
}

}  // namespace ai_ops::diagnosis
