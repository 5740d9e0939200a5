// Descriptions of how traffic finds its pods.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "ai-ops/bundle/described_kinds.h"
#include "ai-ops/bundle/fields.h"
#include "ai-ops/bundle/lines.h"
#include "ai-ops/bundle/table.h"

namespace ai_ops::bundle {
namespace {

// "server  8848/TCP" or "8848/TCP": of a Port, a TargetPort or a NodePort.
struct Port {
  std::string_view name, number, protocol;
};
Port port_of(std::string_view text) {
  std::size_t space = text.rfind(' ');
  Port out;
  if (space != text.npos) out.name = trimmed(text.substr(0, space));
  std::string_view rest = space == text.npos ? text : text.substr(space + 1);
  std::size_t slash = rest.find('/');
  out.number = rest.substr(0, slash);
  if (slash != rest.npos) out.protocol = rest.substr(slash + 1);
  if (out.name == "<unset>") out.name = {};
  return out;
}

json::Value target_port(std::string_view text) {
  Port port = port_of(text);
  auto number = leading_integer(port.number);
  return number ? json::Value(*number) : json::Value(port.number);
}

// Rows "Name  Port  Protocol".
json::Array port_rows(const Entry& entry) {
  Table table(rows_of(entry.entries));
  json::Array out;
  for (std::size_t row = 0; row < table.size(); ++row) {
    json::Object port;
    if (table.cell(row, "Name") != "<unset>") put(port, "name", json::Value(table.cell(row, "Name")));
    put(port, "port", integer(table.cell(row, "Port")));
    put(port, "protocol", json::Value(table.cell(row, "Protocol")));
    out.emplace_back(std::move(port));
  }
  return out;
}

json::Array addresses(std::string_view text) {
  json::Array out;
  for (std::string_view ip : words(text)) out.emplace_back(json::Object{{"ip", ip}});
  return out;
}

// `app=web` lines under a heading -> matchLabels; "<none> (...)" selects everything.
json::Object label_selector(std::string_view text) {
  json::Object out;
  if (!text.starts_with("<none>")) put(out, "matchLabels", pairs({std::string(text)}));
  return out;
}

}  // namespace

// Each port is a group of lines that begins with "Port".
void put_service(json::Object& object, const Entry& described) {
  if (const Entry* selector = described.find("Selector")) put(object, "spec.selector", pairs(selector->values));
  put(object, "spec.type", json::Value(described.value("Type")));
  put(object, "spec.clusterIP", json::Value(described.value("IP")));
  put(object, "spec.externalName", json::Value(described.value("External Name")));
  json::Array ports;
  for (const Entry& entry : described.entries) {
    if (entry.key == "Port") {
      Port port = port_of(entry.value());
      json::Object made;
      put(made, "name", json::Value(port.name));
      put(made, "port", integer(port.number));
      put(made, "protocol", json::Value(port.protocol));
      ports.emplace_back(std::move(made));
    } else if (!ports.empty() && entry.key == "TargetPort") {
      put(ports.back().as_object(), "targetPort", target_port(entry.value()));
    } else if (!ports.empty() && entry.key == "NodePort") {
      put(ports.back().as_object(), "nodePort", integer(port_of(entry.value()).number));
    }
  }
  put(object, "spec.ports", std::move(ports));
}

void put_endpoints(json::Object& object, const Entry& described) {
  const Entry* subsets = described.find("Subsets");
  json::Object subset;
  put(subset, "addresses", addresses(subsets->value("Addresses")));
  put(subset, "notReadyAddresses", addresses(subsets->value("NotReadyAddresses")));
  if (const Entry* rows = subsets->find("Ports")) put(subset, "ports", port_rows(*rows));
  if (!subset.empty()) put(object, "subsets", json::Array{std::move(subset)});
}

// Each endpoint begins with "- Addresses:"; what more is said of it stands deeper.
void put_endpoint_slice(json::Object& object, const Entry& described) {
  put(object, "addressType", json::Value(described.value("AddressType")));
  put(object, "ports", port_rows(*described.find("Ports")));
  json::Array endpoints;
  for (const Entry& entry : described.find("Endpoints")->entries) {
    if (entry.key != "- Addresses") continue;
    json::Object endpoint;
    put(endpoint, "addresses", texts(words(entry.value())));
    if (const Entry* conditions = entry.find("Conditions"))
      put(endpoint, "conditions.ready", truth(conditions->value("Ready")));
    put(endpoint, "nodeName", json::Value(entry.value("NodeName")));
    std::string_view target = entry.value("TargetRef");
    if (std::size_t slash = target.find('/'); slash != target.npos)
      put(endpoint, "targetRef", json::Object{{"kind", target.substr(0, slash)}, {"name", target.substr(slash + 1)}});
    endpoints.emplace_back(std::move(endpoint));
  }
  put(object, "endpoints", std::move(endpoints));
}

// Rows "host  path  service:port (endpoints)"; a host stands once, before its paths.
void put_ingress(json::Object& object, const Entry& described) {
  put(object, "spec.ingressClassName", json::Value(described.value("Ingress Class")));
  put(object, "status.loadBalancer.ingress", addresses(described.value("Address")));
  const Entry* rules = described.find("Rules");
  json::Array made;
  auto add_paths = [&](auto& self, const Entry& entry) -> void {
    auto cells = words(entry.line, " ");
    for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
      std::string_view path = cells[i], backend = cells[i + 1];
      std::size_t colon = backend.rfind(':');
      if (!path.starts_with('/') || colon == backend.npos) continue;
      json::Object out{{"path", path}};
      put(out, "backend.service.name", json::Value(backend.substr(0, colon)));
      auto number = leading_integer(backend.substr(colon + 1));
      put(out, number ? "backend.service.port.number" : "backend.service.port.name",
          number ? json::Value(*number) : json::Value(backend.substr(colon + 1)));
      made.emplace_back(std::move(out));
    }
    for (const Entry& deeper : entry.entries) self(self, deeper);
  };
  add_paths(add_paths, *rules);
  if (made.empty()) return;
  json::Object rule;
  put(rule, "http.paths", std::move(made));
  put(object, "spec.rules", json::Array{std::move(rule)});
}

void put_ingress_class(json::Object& object, const Entry& described) {
  put(object, "spec.controller", json::Value(described.value("Controller")));
  const auto& annotations = described.find("Annotations")->values;
  if (std::ranges::find(annotations, fmt::format("{}: true", kDefaultIngressClass)) != annotations.end())
    put_default_class(object, kDefaultIngressClass);
}

// Says whom the policy isolates and whether anything is let through; who exactly is not read.
void put_network_policy(json::Object& object, const Entry& described) {
  const Entry* spec = described.find("Spec");
  if (spec == nullptr) return;
  json::Object selector = label_selector(spec->value("PodSelector"));
  object["spec"] = json::Object{{"podSelector", std::move(selector)}};
  auto types = words(spec->value("Policy Types"));
  for (std::string_view type : types) {
    bool is_in = type == "Ingress";
    const Entry* allowed = spec->find(is_in ? "Allowing ingress traffic" : "Allowing egress traffic");
    bool allows_some = allowed != nullptr && !allowed->entries.empty() &&
                       allowed->entries.front().line.find("<none>") == std::string::npos;
    if (allows_some) put(object, is_in ? "spec.ingress" : "spec.egress", json::Array{json::Object{}});
  }
  put(object, "spec.policyTypes", texts(types));
}

}  // namespace ai_ops::bundle
