// Who uses the Services, and which pods and workloads they could mean. Each is read once by a rule that needs it, and
// only when something is suspect.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ai-ops/diagnosis/endpoint.h"

namespace ai_ops::diagnosis {

struct Caller {
  const Workload* workload;
  Endpoint endpoint;
};

// A path of an Ingress that leads to a Service.
struct IngressPath {
  std::string_view host = {}, path = {};
  bool is_default = false;  // neither: its default backend takes everything else
  json::View service = {};  // name, port {number, name}
  std::string at = {};      // of the name: "spec.rules[0].http.paths[1].backend.service.name"
};
std::vector<IngressPath> ingress_paths(const ObjectView& ingress);

struct IngressCaller {
  ObjectView ingress;
  std::string path;  // where it names the Service
};

class ServiceUse {
 public:
  explicit ServiceUse(const Cluster& cluster);

  // Workloads whose configuration points to the Service.
  const std::vector<Caller>& callers_of(const ObjectView& service) const;
  const std::vector<IngressCaller>& ingresses_to(const ObjectView& service) const;
  const std::vector<ObjectView>& checks_of(const ObjectView& service) const;  // ServiceChecks (observed.h)
  // Something calls it: a workload's configuration, a call graph, an Ingress, or a check that did not get through.
  bool is_called(const ObjectView& service) const;
  bool has_ready_endpoints(const ObjectView& service) const;  // by its EndpointSlices

 private:
  using Key = std::pair<std::string, std::string>;  // namespace, name
  static Key key_of(const ObjectView& service);
  void add_callers(const Cluster& cluster);
  void add_seen(const Snapshot& snapshot);

  std::map<Key, std::vector<Caller>> callers_;
  std::map<Key, std::vector<IngressCaller>> ingresses_;
  std::map<Key, std::vector<ObjectView>> checks_;
  std::set<Key> called_;
  std::set<Key> ready_;
};

// Which Services select which pods.
class ServicesOfPods {
 public:
  explicit ServicesOfPods(const Cluster& cluster);
  std::vector<ObjectView> of(const ObjectView& pod) const;
  // Of pods with these labels.
  std::vector<ObjectView> of_labels(std::string_view namespace_name, json::View labels) const;

 private:
  std::map<std::string, std::vector<ObjectView>, std::less<>> by_namespace_;
};

// The workloads by what a Service may know them by.
class WorkloadIndex {
 public:
  explicit WorkloadIndex(const Cluster& cluster);

  // Those whose pods would have all these labels.
  std::vector<const Workload*> selected_by(const ObjectView& service) const;
  // Those of the namespace that have a label of this value (or one that differs by case and separators), by any name.
  const std::vector<const Workload*>& with_value(std::string_view namespace_name, std::string_view value) const;
  const std::vector<const Workload*>& with_port(std::string_view namespace_name, std::string_view port) const;
  const Workload* named(std::string_view namespace_name, std::string_view name) const;  // null: none that serves
  bool has_service(const Workload& workload) const { return served_.contains(&workload); }

 private:
  using Key = std::pair<std::string, std::string>;  // namespace and what it is looked up by
  std::map<Key, std::vector<const Workload*>> by_value_;
  std::map<Key, std::vector<const Workload*>> by_port_;
  std::map<Key, const Workload*> by_name_;
  std::set<const Workload*> served_;
};

}  // namespace ai_ops::diagnosis
