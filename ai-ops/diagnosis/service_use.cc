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

std::vector<std::string_view> backends_of(const ObjectView& ingress) {
  std::vector<std::string_view> out{ingress.spec()["defaultBackend"]["service"]["name"].text()};
  for (const json::Value& rule : ingress.spec()["rules"].array())
    for (const json::Value& path : json::View(rule)["http"]["paths"].array())
      out.push_back(json::View(path)["backend"]["service"]["name"].text());
  return out;
}

bool has_ready(const ObjectView& slice) {
  return std::ranges::any_of(slice.root()["endpoints"].array(), [](const json::Value& endpoint) {
    return json::View(endpoint)["conditions"]["ready"].boolean_or(true);  // absent means ready
  });
}

}  // namespace

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
    for (std::string_view backend : backends_of(ingress))
      if (!backend.empty()) called_.insert({owned(ingress.namespace_name()), owned(backend)});
  for (const ObjectView& slice : snapshot.of_kind("EndpointSlice"))
    if (has_ready(slice))
      ready_.insert(
          {owned(slice.namespace_name()), owned(slice.metadata()["labels"]["kubernetes.io/service-name"].text())});
}

const std::vector<Caller>& ServiceUse::callers_of(const ObjectView& service) const {
  return at_or_none(callers_, key_of(service));
}
const std::vector<ObjectView>& ServiceUse::checks_of(const ObjectView& service) const {
  return at_or_none(checks_, key_of(service));
}
bool ServiceUse::is_called(const ObjectView& service) const {
  return called_.contains(key_of(service)) || !callers_of(service).empty();
}
bool ServiceUse::has_ready_endpoints(const ObjectView& service) const { return ready_.contains(key_of(service)); }

ServicesOfPods::ServicesOfPods(const Cluster& cluster) {
  for (const ObjectView& service : cluster.snapshot().of_kind("Service"))
    by_namespace_[owned(service.namespace_name())].push_back(service);
}

std::vector<ObjectView> ServicesOfPods::of(const ObjectView& pod) const {
  std::vector<ObjectView> out;
  auto found = by_namespace_.find(pod.namespace_name());
  if (found == by_namespace_.end()) return out;
  std::ranges::copy_if(found->second, std::back_inserter(out), [&](const ObjectView& service) {
    return foundation::kubernetes::plain_selector_matches(service.spec()["selector"], pod.metadata()["labels"]);
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
