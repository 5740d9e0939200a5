#include <fmt/format.h>

#include "demo-cluster/world/controllers.h"
#include "demo-cluster/world/pod_facts.h"
#include "foundation/kubernetes/object.h"

namespace demo_cluster::world {
namespace {

constexpr std::string_view kServiceLabel = "kubernetes.io/service-name";

// A number, or the name of a container's port.
std::int64_t target_port(json::View port, json::View pod) {
  auto target = port["targetPort"];
  if (auto number = target.integer()) return *number;
  for (const auto& container : pod["spec"]["containers"].array())
    for (const auto& named : json::View(container)["ports"].array())
      if (json::View(named)["name"].text() == target.text()) return json::View(named)["containerPort"].integer_or(0);
  return 0;
}

json::Array ports_of(json::View service, json::View pod) {
  json::Array out;
  for (const auto& port : service["spec"]["ports"].array()) {
    json::View view(port);
    json::Object row{{"port", target_port(view, pod)}, {"protocol", copy_of(view["protocol"])}};
    if (auto name = view["name"].text(); !name.empty()) row["name"] = name;
    out.push_back(std::move(row));
  }
  return out;
}

json::Object reference(json::View pod) {
  return {{"kind", "Pod"},
          {"namespace", copy_of(pod["metadata"]["namespace"])},
          {"name", copy_of(pod["metadata"]["name"])},
          {"uid", copy_of(pod["metadata"]["uid"])}};
}

struct Backends {
  json::Array ready, not_ready, slice, ports;
};

Backends backends_of(const Store& store, json::View service) {
  Backends out;
  auto selector = service["spec"]["selector"];
  for (const auto& stored : store.list("Pod", service["metadata"]["namespace"].text())) {
    json::View pod(*stored);
    auto ip = pod["status"]["podIP"].text();
    if (ip.empty() || is_finished_pod(pod) || !kubernetes::plain_selector_matches(selector, pod["metadata"]["labels"]))
      continue;
    bool ready = is_ready(pod);
    if (out.ports.empty()) out.ports = ports_of(service, pod);
    json::Object address{{"ip", ip}, {"nodeName", copy_of(pod["spec"]["nodeName"])}, {"targetRef", reference(pod)}};
    if (!is_going(pod)) (ready ? out.ready : out.not_ready).push_back(std::move(address));
    out.slice.push_back(
        json::Object{{"addresses", json::Array{json::Value(ip)}},
                     {"conditions", json::Object{{"ready", ready}, {"serving", ready}, {"terminating", is_going(pod)}}},
                     {"nodeName", copy_of(pod["spec"]["nodeName"])},
                     {"targetRef", reference(pod)}});
  }
  return out;
}

// Creates the object or brings the members of the standing one up to date.
void put(Step& step, const Stored& standing, json::Value fresh) {
  if (!standing) {
    (void)step.create(std::move(fresh));  // the namespace may be going: then nobody needs it
    return;
  }
  json::Value after = *standing;
  for (auto& [name, value] : fresh.as_object())
    if (name != "metadata") after.as_object()[name] = std::move(value);
  step.write(standing, std::move(after));
}

json::Object metadata_of(json::View service, std::string name) {
  json::Object out{{"name", std::move(name)}, {"namespace", copy_of(service["metadata"]["namespace"])}};
  json::Object labels = service["metadata"]["labels"].object();
  labels[kServiceLabel] = copy_of(service["metadata"]["name"]);
  out["labels"] = std::move(labels);
  out["ownerReferences"] = json::Array{owner_reference(service)};
  return out;
}

Stored slice_of(const Store& store, json::View service) {
  auto slices = controlled(store, "EndpointSlice", service);
  return slices.empty() ? nullptr : slices.front();
}

void step_one(Step& step, json::View service) {
  auto backends = backends_of(step.store, service);
  json::Array subsets;
  if (!backends.ready.empty() || !backends.not_ready.empty()) {
    json::Object subset{{"ports", backends.ports}};
    if (!backends.ready.empty()) subset["addresses"] = std::move(backends.ready);
    if (!backends.not_ready.empty()) subset["notReadyAddresses"] = std::move(backends.not_ready);
    subsets.push_back(std::move(subset));
  }
  auto name = std::string(service["metadata"]["name"].text());
  Key key{"Endpoints", std::string(service["metadata"]["namespace"].text()), name};
  put(step, step.store.find(key),
      json::Object{{"kind", "Endpoints"},
                   {"apiVersion", "v1"},
                   {"metadata", metadata_of(service, name)},
                   {"subsets", std::move(subsets)}});
  put(step, slice_of(step.store, service),
      json::Object{{"kind", "EndpointSlice"},
                   {"apiVersion", "discovery.k8s.io/v1"},
                   {"metadata", metadata_of(service, fmt::format("{}-{}", name, step.random.suffix(5)))},
                   {"addressType", "IPv4"},
                   {"endpoints", std::move(backends.slice)},
                   {"ports", std::move(backends.ports)}});
}

}  // namespace

void step_endpoints(Step& step) {
  for (const auto& service : step.store.list("Service"))
    if (!json::View(*service)["spec"]["selector"].object().empty() && !is_going(*service)) step_one(step, *service);
}

}  // namespace demo_cluster::world
