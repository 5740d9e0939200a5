// The graph over a snapshot: who owns whom, what a Service reaches, what events are about which object.
// Borrows the snapshot. Linear to build; pure.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/kubernetes/snapshot.h"

namespace ai_ops::diagnosis {

using foundation::WallTime;
using foundation::kubernetes::ObjectRef;
using foundation::kubernetes::ObjectView;
using foundation::kubernetes::Snapshot;
namespace json = foundation::json;

// Something that runs pods and that nothing else in the snapshot owns: a Deployment, a CronJob, a bare Pod.
struct Workload {
  ObjectRef ref;
  ObjectView object;
  std::vector<ObjectView> pods;  // those that are meant to run: neither finished nor on their way out
};

struct Readiness {
  std::int64_t ready = 0;
  std::int64_t desired = 0;
};

class Cluster {
 public:
  explicit Cluster(const Snapshot& snapshot);

  const Snapshot& snapshot() const { return snapshot_; }
  const std::deque<Workload>& workloads() const { return workloads_; }  // in order of kind, namespace, name
  // Of an object that runs pods or is one, by its owners. Null when there is none.
  const Workload* workload_of(const ObjectView& object) const;
  // Those whose pods, or whose pod template when they have none, the Service selects.
  std::vector<const Workload*> behind(const ObjectView& service) const;
  std::vector<ObjectView> pods_behind(const ObjectView& service) const;
  // Those of the namespace that a metav1.LabelSelector takes: an empty one takes all, an absent one none.
  std::vector<ObjectView> pods_selected(std::string_view namespace_name, json::View label_selector) const;
  // There are pods and none shows a label (kubectl prints lists of them without): nothing can be said of who selects
  // them.
  bool hides_pod_labels(std::string_view namespace_name) const;
  // A pod, or what a workload of the namespace that has none would run. True where that cannot be seen.
  bool selects_something(std::string_view namespace_name, json::View label_selector) const;
  // How many of the Service's endpoints take traffic, by its pods where they are in view; none when nothing tells.
  std::optional<std::size_t> ready_endpoints(const ObjectView& service) const;
  // Events about the object as it now is (an event about an earlier one of the same name is left out), newest first.
  std::vector<ObjectView> events_about(const ObjectView& object) const;
  bool has_namespace(std::string_view name) const { return namespaces_.contains(name); }
  // False: there is none, or none that we may see; then nothing can be said of one that is missing.
  bool sees(std::string_view kind) const { return snapshot_.is_whole(kind) || homes_.contains(kind); }
  // The same of one namespace: all are here, or some of it; or the kind was read of several namespaces, and of this one
  // other kinds. A bundle may hold the pods of one namespace and the Services of all.
  bool sees(std::string_view kind, std::string_view namespace_name) const;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;  // kind, namespace, name, where not said otherwise
  ObjectRef top_owner(const ObjectView& object) const;
  void add_event(const ObjectView& event);
  void add_workload(const ObjectView& object);
  void add_pods();
  bool is_leaving(const ObjectView& pod) const;

  // By namespace, name and value of a label; "" and "": all of the namespace.
  template <class T>
  using ByLabel = std::map<Key, std::vector<T>>;
  template <class T>
  static void add_by_label(ByLabel<T>& index, std::string_view namespace_name, json::View labels, const T& item);
  // Each that may have all these labels, and others: those with the rarest of them.
  template <class T>
  static std::span<const T> candidates(const ByLabel<T>& index, std::string_view namespace_name, json::View labels);

  const Snapshot& snapshot_;
  std::deque<Workload> workloads_;
  std::map<Key, Workload*> by_key_;
  ByLabel<ObjectView> pods_;
  ByLabel<const Workload*> idle_;  // without a pod, by the labels of its template
  std::map<Key, std::vector<ObjectView>> events_;
  std::map<Key, std::vector<ObjectView>> slices_;  // "", namespace and name of the Service
  std::set<std::string, std::less<>> namespaces_;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>>
      homes_;                                 // by kind; "" of what has no namespace
  std::set<std::string, std::less<>> shown_;  // namespaces that an object other than an event is in
};

// By the workload's own status; by its pods where it has none.
Readiness readiness_of(const Workload& workload);
// The pod template of whatever runs pods, and the path to its pod spec: "spec.template.spec"; "spec" for a Pod.
std::string pod_spec_path(std::string_view kind);
json::View pod_labels_of(const Workload& workload);
bool is_ready(const ObjectView& pod);
std::size_t ready_in_slice(const ObjectView& slice);  // endpoints of an EndpointSlice that take traffic
// When an event was last seen; none when it does not say.
std::optional<WallTime> time_of_event(const ObjectView& event);
std::optional<WallTime> time_of(json::View text);

}  // namespace ai_ops::diagnosis
