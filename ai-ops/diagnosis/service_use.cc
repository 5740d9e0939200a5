#include "ai-ops/diagnosis/service_use.h"

#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/diagnosis/declared_port.h"
#include "ai-ops/diagnosis/observed.h"
#include "ai-ops/diagnosis/similar_name.h"

namespace ai_ops::diagnosis {
namespace {

std::string owned(std::string_view text) { return std::string(text); }

template <class Map>
const auto& at_or_none(const Map& map, const typename Map::key_type& key) {
  static const typename Map::mapped_type kNone{};
  auto found = map.find(key);
  return found == map.end() ? kNone : found->second;
}

}  // namespace

std::vector<IngressPath> ingress_paths(const ObjectView& ingress) {
  std::vector<IngressPath> out;
  auto add = [&](IngressPath path, json::View backend, const std::string& at) {
    path.service = backend["service"];
    path.at = at + ".service.name";
    if (!path.service["name"].text().empty()) out.push_back(std::move(path));  // else a resource of another kind
  };
  add({.is_default = true}, ingress.spec()["defaultBackend"], "spec.defaultBackend");
  const json::Array& rules = ingress.spec()["rules"].array();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    std::string_view host = json::View(rules[i])["host"].text();
    const json::Array& paths = json::View(rules[i])["http"]["paths"].array();
    for (std::size_t j = 0; j < paths.size(); ++j) {
      json::View path(paths[j]);
      add({.host = host, .path = path["path"].text("/")}, path["backend"],
          fmt::format("spec.rules[{}].http.paths[{}].backend", i, j));
    }
  }
  return out;
}

ServiceUse::Key ServiceUse::key_of(const ObjectView& service) {
  return {owned(service.namespace_name()), owned(service.name())};
}

ServiceUse::ServiceUse(const Cluster& cluster) {
  add_callers(cluster);
  add_seen(cluster.snapshot());
}

void ServiceUse::add_callers(const Cluster& cluster) {
  for (const Workload& workload : cluster.workloads()) {
    for (Endpoint& endpoint : endpoints_of(workload)) {
      Resolved resolved = resolve(cluster, workload, endpoint.host);
      if (resolved.meaning != Meaning::service) continue;
      callers_[{resolved.namespace_name, resolved.name}].push_back({&workload, std::move(endpoint)});
    }
  }
}

void ServiceUse::add_seen(const Snapshot& snapshot) {
  for (const ObjectView& graph : snapshot.of_kind(observed::kCallGraph)) {
    std::string home = owned(graph.namespace_name());
    if (!graph.spec()["called_by"].array().empty()) called_.insert(key_of(graph));
    for (const json::Value& name : graph.spec()["calls"].array())
      called_.insert({home, owned(json::View(name).text())});
  }
  for (const ObjectView& check : snapshot.of_kind(observed::kServiceCheck)) {
    Key key{owned(check.namespace_name()), owned(check.spec()["service"].text())};
    checks_[key].push_back(check);
    if (!check.status()["reached"].boolean_or(true)) called_.insert(key);
  }
  for (const ObjectView& ingress : snapshot.of_kind("Ingress"))
    for (IngressPath& path : ingress_paths(ingress))
      ingresses_[{owned(ingress.namespace_name()), owned(path.service["name"].text())}].push_back(
          {ingress, std::move(path.at)});
  for (const ObjectView& slice : snapshot.of_kind("EndpointSlice"))
    if (ready_in_slice(slice) > 0)
      ready_.insert(
          {owned(slice.namespace_name()), owned(slice.metadata()["labels"]["kubernetes.io/service-name"].text())});
}

const std::vector<Caller>& ServiceUse::callers_of(const ObjectView& service) const {
  return at_or_none(callers_, key_of(service));
}
const std::vector<IngressCaller>& ServiceUse::ingresses_to(const ObjectView& service) const {
  return at_or_none(ingresses_, key_of(service));
}
const std::vector<ObjectView>& ServiceUse::checks_of(const ObjectView& service) const {
  return at_or_none(checks_, key_of(service));
}
bool ServiceUse::is_called(const ObjectView& service) const {
  return called_.contains(key_of(service)) || !callers_of(service).empty() || !ingresses_to(service).empty();
}
bool ServiceUse::has_ready_endpoints(const ObjectView& service) const { return ready_.contains(key_of(service)); }

ServicesOfPods::ServicesOfPods(const Cluster& cluster) {
  for (const ObjectView& service : cluster.snapshot().of_kind("Service"))
    by_namespace_[owned(service.namespace_name())].push_back(service);
}

std::vector<ObjectView> ServicesOfPods::of(const ObjectView& pod) const {
  return of_labels(pod.namespace_name(), pod.metadata()["labels"]);
}

std::vector<ObjectView> ServicesOfPods::of_labels(std::string_view namespace_name, json::View labels) const {
  std::vector<ObjectView> out;
  auto found = by_namespace_.find(namespace_name);
  if (found == by_namespace_.end()) return out;
  std::ranges::copy_if(found->second, std::back_inserter(out), [&](const ObjectView& service) {
    return foundation::kubernetes::plain_selector_matches(service.spec()["selector"], labels);
  });
  return out;
}

WorkloadIndex::WorkloadIndex(const Cluster& cluster) {
  for (const Workload& workload : cluster.workloads()) {
    std::string home = workload.ref.namespace_name;
    std::set<std::string> values;  // a value of two labels counts once
    for (const auto& [label, value] : foundation::kubernetes::labels_of(pod_labels_of(workload)))
      values.insert(folded(value));
    for (const std::string& value : values) by_value_[{home, value}].push_back(&workload);
    if (!is_serving_kind(workload.ref.kind)) continue;
    by_name_.try_emplace({home, workload.ref.name}, &workload);
    if (workload.pods.empty()) continue;
    std::set<std::string> ports;
    for (const DeclaredPort& port : declared_ports(workload.pods.front())) {
      ports.insert(fmt::format("{}", port.number));
      if (!port.name.empty()) ports.insert(owned(port.name));
    }
    for (const std::string& port : ports) by_port_[{home, port}].push_back(&workload);
  }
  for (const ObjectView& service : cluster.snapshot().of_kind("Service"))
    for (const Workload* workload : selected_by(service)) served_.insert(workload);
}

std::vector<const Workload*> WorkloadIndex::selected_by(const ObjectView& service) const {
  json::View selector = service.spec()["selector"];
  const std::vector<const Workload*>* fewest = nullptr;
  for (const auto& [label, value] : foundation::kubernetes::labels_of(selector)) {
    const auto& candidates = with_value(service.namespace_name(), value);
    if (fewest == nullptr || candidates.size() < fewest->size()) fewest = &candidates;
  }
  std::vector<const Workload*> out;
  if (fewest == nullptr) return out;
  std::ranges::copy_if(*fewest, std::back_inserter(out), [&](const Workload* workload) {
    return foundation::kubernetes::plain_selector_matches(selector, pod_labels_of(*workload));
  });
  return out;
}

const std::vector<const Workload*>& WorkloadIndex::with_value(std::string_view namespace_name,
                                                              std::string_view value) const {
  return at_or_none(by_value_, {owned(namespace_name), folded(value)});
}
const std::vector<const Workload*>& WorkloadIndex::with_port(std::string_view namespace_name,
                                                             std::string_view port) const {
  return at_or_none(by_port_, {owned(namespace_name), owned(port)});
}
const Workload* WorkloadIndex::named(std::string_view namespace_name, std::string_view name) const {
  return at_or_none(by_name_, {owned(namespace_name), owned(name)});
}

}  // namespace ai_ops::diagnosis
