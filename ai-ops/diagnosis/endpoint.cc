#include "ai-ops/diagnosis/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/evidence.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/service_port.h"
#include "foundation/base/ascii.h"

namespace ai_ops::diagnosis {

using foundation::lowered;

namespace {

constexpr std::array<std::string_view, 5> kServingKinds{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"};

struct SchemePort {
  std::string_view scheme;
  std::int64_t port;
};
// Ports that a URL means when it names none (IANA's registry of service names).
constexpr std::array kSchemePorts{
    SchemePort{"http", 80},    SchemePort{"https", 443},  SchemePort{"postgres", 5432}, SchemePort{"postgresql", 5432},
    SchemePort{"mysql", 3306}, SchemePort{"redis", 6379}, SchemePort{"amqp", 5672},     SchemePort{"mongodb", 27017}};

std::optional<std::int64_t> port_of(json::View fact) {
  if (auto port = fact["port"].integer()) return port;
  auto known = std::ranges::find(kSchemePorts, fact["scheme"].text(), &SchemePort::scheme);
  return known == kSchemePorts.end() ? std::nullopt : std::optional(known->port);
}

void add_endpoint(json::View fact, std::string name, std::string_view container, std::string path,
                  std::vector<Endpoint>& out) {
  if (fact["type"].text() != "endpoint" || fact["host"].text().empty()) return;
  out.push_back(
      {std::move(name), std::string(container), lowered(fact["host"].text()), port_of(fact), std::move(path)});
}

void add_of_container(json::View container, const std::string& path, std::vector<Endpoint>& out) {
  std::string_view name = container["name"].text();
  const json::Array& env = container["env"].array();
  for (std::size_t i = 0; i < env.size(); ++i) {
    json::View item(env[i]);
    add_endpoint(item["fact"], quote(item["name"].text(), 64), name, fmt::format("{}.env[{}].fact", path, i), out);
  }
  for (std::string_view list : {"command", "args"}) {
    const json::Array& words = container[list].array();
    for (std::size_t i = 0; i < words.size(); ++i) {
      json::View item(words[i]);
      bool is_wrapped = static_cast<bool>(item["fact"]);
      add_endpoint(is_wrapped ? item["fact"] : item, fmt::format("its argument {}", i + 1), name,
                   fmt::format("{}.{}[{}]{}", path, list, i, is_wrapped ? ".fact" : ""), out);
    }
  }
}

std::vector<std::string_view> labels_of_host(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  std::vector<std::string_view> out;
  for (std::size_t begin = 0; begin <= host.size();) {
    std::size_t end = std::min(host.find('.', begin), host.size());
    out.push_back(host.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

bool is_address(std::string_view host) {
  return host == "localhost" || host.find(':') != std::string_view::npos ||
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool has_alias(const Workload& caller, std::string_view host) {
  json::View aliases = at_path(caller.object.root(), pod_spec_path(caller.ref.kind))["hostAliases"];
  return std::ranges::any_of(aliases.array(), [&](const json::Value& alias) {
    return std::ranges::any_of(json::View(alias)["hostnames"].array(),
                               [&](const json::Value& name) { return json::View(name).text() == host; });
  });
}

// What the search list of a pod's resolv.conf makes of the labels, without looking whether the Service is there.
Resolved place_of(const Cluster& cluster, const std::string& home, const std::vector<std::string_view>& labels) {
  auto text = [](std::string_view label) { return std::string(label); };
  auto is_full = [&] {
    return (labels.size() == 3 && labels[2] == "svc") ||
           (labels.size() == 5 && labels[2] == "svc" && labels[3] == "cluster" && labels[4] == "local");
  };
  if (labels.size() == 1) return {Meaning::maybe_no_service, home, text(labels[0]), {}};
  bool is_pod_of_service = labels.size() == 2 && cluster.snapshot().find("Service", home, labels[1]);
  if (labels.size() == 2 && cluster.has_namespace(labels[1]))
    return {is_pod_of_service ? Meaning::unknown : Meaning::maybe_no_service, text(labels[1]), text(labels[0]), {}};
  if (is_full() && cluster.has_namespace(labels[1]))
    return {Meaning::no_such_service, text(labels[1]), text(labels[0]), {}};
  return {};
}

bool is_headless(const ObjectView& service) { return service.spec()["clusterIP"].text() == "None"; }

// Every container behind declares ports, and none of them is this one.
bool all_declare_others(const Cluster& cluster, const ObjectView& service, std::int64_t port) {
  std::size_t declared = 0;
  for (const ObjectView& pod : cluster.pods_behind(service)) {
    std::vector<DeclaredPort> ports = declared_ports(pod);
    if (std::ranges::find(ports, port, &DeclaredPort::number) != ports.end()) return false;
    declared += ports.size();
  }
  return declared > 0;
}

bool leads_nowhere(const Cluster& cluster, const ObjectView& service, const Endpoint& endpoint) {
  if (cluster.ready_endpoints(service) == 0) return true;
  if (is_headless(service)) return false;
  auto pods = cluster.pods_behind(service);
  return std::ranges::any_of(ports_of(service), [&](const ServicePort& port) {
    return port.number == endpoint.port.value_or(port.number) && !pods.empty() && miss_of(port, pods);
  });
}

}  // namespace

std::string Endpoint::address() const { return quote(port ? fmt::format("{}:{}", host, *port) : host); }

bool is_serving_kind(std::string_view kind) { return std::ranges::find(kServingKinds, kind) != kServingKinds.end(); }

std::vector<Endpoint> endpoints_of(const Workload& workload) {
  std::vector<Endpoint> out;
  if (!is_serving_kind(workload.ref.kind) || workload.object.spec()["replicas"].integer_or(1) == 0) return out;
  std::string spec_path = pod_spec_path(workload.ref.kind);
  json::View spec = at_path(workload.object.root(), spec_path);
  for (std::string_view list : {"initContainers", "containers"}) {
    const json::Array& containers = spec[list].array();
    for (std::size_t i = 0; i < containers.size(); ++i)
      add_of_container(containers[i], fmt::format("{}.{}[{}]", spec_path, list, i), out);
  }
  return out;
}

Resolved resolve(const Cluster& cluster, const Workload& caller, std::string_view host) {
  if (is_address(host) || has_alias(caller, host)) return {};
  Resolved out = place_of(cluster, caller.ref.namespace_name, labels_of_host(host));
  if (out.meaning == Meaning::unknown) return {};
  out.service = cluster.snapshot().find("Service", out.namespace_name, out.name);
  if (out.service) out.meaning = Meaning::service;
  if (!out.service && !cluster.sees("Service", out.namespace_name)) return {};
  return out;
}

bool listens_on(const Cluster& cluster, const ObjectView& service, std::int64_t port) {
  const json::Array& ports = service.spec()["ports"].array();
  if (ports.empty() || service.spec()["type"].text() == "ExternalName") return true;
  bool declared =
      std::ranges::any_of(ports, [&](const json::Value& p) { return json::View(p)["port"].integer() == port; });
  if (declared) return true;
  return is_headless(service) && !all_declare_others(cluster, service, port);
}

std::string ports_text(const ObjectView& service) {
  const json::Array& ports = service.spec()["ports"].array();
  std::string out;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    std::string_view between = i == 0 ? "" : i + 1 == ports.size() ? " and " : ", ";
    out += fmt::format("{}{}", between, json::View(ports[i])["port"].integer_or(0));
  }
  return out;
}

bool calls_something_not_ready(const Cluster& cluster, const Workload& workload) {
  if (workload.pods.empty()) return false;
  for (const Endpoint& endpoint : endpoints_of(workload)) {
    Resolved resolved = resolve(cluster, workload, endpoint.host);
    if (resolved.meaning != Meaning::service || !leads_nowhere(cluster, *resolved.service, endpoint)) continue;
    auto behind = cluster.behind(*resolved.service);
    if (std::ranges::find(behind, &workload) == behind.end()) return true;
  }
  return false;
}

}  // namespace ai_ops::diagnosis
