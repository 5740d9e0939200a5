#include "ai-ops/diagnosis/cluster.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

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
    homes_[std::string(object.kind())].emplace(object.namespace_name());
    if (object.kind() == "Namespace") namespaces_.emplace(object.name());
    if (!object.namespace_name().empty()) namespaces_.emplace(object.namespace_name());
    if (object.kind() == "Event") {
      add_event(object);
    } else if (!object.namespace_name().empty()) {
      shown_.emplace(object.namespace_name());
    }
  }
  for (const ObjectView& slice : snapshot_.of_kind("EndpointSlice")) {
    std::string_view service = slice.metadata()["labels"]["kubernetes.io/service-name"].text();
    slices_[{"", std::string(slice.namespace_name()), std::string(service)}].push_back(slice);
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
    if (workload.pods.empty())
      add_by_label<const Workload*>(idle_, workload.ref.namespace_name, pod_labels_of(workload), &workload);
}

void Cluster::add_event(const ObjectView& event) {
  json::View about = object_of_event(event);
  events_[{std::string(about["kind"].text()), std::string(about["namespace"].text()),
           std::string(about["name"].text())}]
      .push_back(event);
}

bool Cluster::sees(std::string_view kind, std::string_view namespace_name) const {
  if (snapshot_.is_whole(kind)) return true;
  auto homes = homes_.find(kind);
  if (homes == homes_.end()) return false;
  return homes->second.contains(namespace_name) || (homes->second.size() > 1 && shown_.contains(namespace_name));
}

template <class T>
void Cluster::add_by_label(ByLabel<T>& index, std::string_view namespace_name, json::View labels, const T& item) {
  std::string home(namespace_name);
  index[{home, "", ""}].push_back(item);
  for (const auto& [label, value] : foundation::kubernetes::labels_of(labels))
    index[{home, label, value}].push_back(item);
}

template <class T>
std::span<const T> Cluster::candidates(const ByLabel<T>& index, std::string_view namespace_name, json::View labels) {
  std::string home(namespace_name);
  auto all = index.find({home, "", ""});
  if (all == index.end()) return {};
  std::span<const T> fewest = all->second;
  for (const auto& [label, value] : foundation::kubernetes::labels_of(labels)) {
    auto some = index.find({home, label, value});
    if (some == index.end()) return {};
    if (some->second.size() < fewest.size()) fewest = some->second;
  }
  return fewest;
}

void Cluster::add_workload(const ObjectView& object) {
  ObjectRef ref = object.ref();
  Workload& added = workloads_.emplace_back(Workload{ref, object, {}});
  by_key_[{ref.kind, ref.namespace_name, ref.name}] = &added;
}

void Cluster::add_pods() {
  for (const ObjectView& pod : snapshot_.of_kind("Pod")) {
    if (is_finished(pod) || is_leaving(pod)) continue;
    add_by_label(pods_, pod.namespace_name(), pod.metadata()["labels"], pod);
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

std::vector<ObjectView> Cluster::pods_behind(const ObjectView& service) const {
  json::View selector = service.spec()["selector"];
  std::vector<ObjectView> out;
  if (selector.object().empty()) return out;
  std::ranges::copy_if(candidates(pods_, service.namespace_name(), selector), std::back_inserter(out),
                       [&](const ObjectView& pod) {
                         return foundation::kubernetes::plain_selector_matches(selector, pod.metadata()["labels"]);
                       });
  return out;
}

std::vector<ObjectView> Cluster::pods_selected(std::string_view namespace_name, json::View label_selector) const {
  std::vector<ObjectView> out;
  std::ranges::copy_if(candidates(pods_, namespace_name, label_selector["matchLabels"]), std::back_inserter(out),
                       [&](const ObjectView& pod) {
                         return foundation::kubernetes::selector_matches(label_selector, pod.metadata()["labels"]);
                       });
  return out;
}

bool Cluster::hides_pod_labels(std::string_view namespace_name) const {
  auto pods = candidates(pods_, namespace_name, {});
  return !pods.empty() &&
         std::ranges::none_of(pods, [](const ObjectView& pod) { return !pod.metadata()["labels"].object().empty(); });
}

bool Cluster::selects_something(std::string_view namespace_name, json::View label_selector) const {
  if (hides_pod_labels(namespace_name) || !pods_selected(namespace_name, label_selector).empty()) return true;
  auto idle = candidates(idle_, namespace_name, label_selector["matchLabels"]);
  return std::ranges::any_of(idle, [&](const Workload* workload) {
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
  json::View selector = service.spec()["selector"];
  std::ranges::copy_if(candidates(idle_, service.namespace_name(), selector), std::back_inserter(out),
                       [&](const Workload* workload) {
                         return workload->ref.kind != "Pod" &&
                                foundation::kubernetes::plain_selector_matches(selector, pod_labels_of(*workload));
                       });
  return out;
}

std::optional<std::size_t> Cluster::ready_endpoints(const ObjectView& service) const {
  std::string_view home = service.namespace_name();
  bool selects = !service.spec()["selector"].object().empty();
  if (selects && sees("Pod", home) && !hides_pod_labels(home))
    return static_cast<std::size_t>(std::ranges::count_if(pods_behind(service), is_ready));
  if (auto slices = slices_.find({"", std::string(home), std::string(service.name())}); slices != slices_.end())
    return std::accumulate(slices->second.begin(), slices->second.end(), std::size_t{0},
                           [](std::size_t sum, const ObjectView& slice) { return sum + ready_in_slice(slice); });
  if (auto endpoints = snapshot_.find("Endpoints", home, service.name())) return ready_in_endpoints(*endpoints);
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

std::size_t ready_in_slice(const ObjectView& slice) {
  return static_cast<std::size_t>(std::ranges::count_if(slice.root()["endpoints"].array(), [](const auto& endpoint) {
    return json::View(endpoint)["conditions"]["ready"].boolean_or(true);  // absent means ready
  }));
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
