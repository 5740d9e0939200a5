#include "ai-ops/diagnosis/policy_match.h"

#include <algorithm>

#include "ai-ops/diagnosis/declared_port.h"

namespace ai_ops::diagnosis {
namespace {

using foundation::kubernetes::selector_matches;

// Without policyTypes a policy limits what comes in, and what goes out if it has a rule for that.
bool limits(const ObjectView& policy, Way way) {
  json::View types = policy.spec()["policyTypes"];
  if (types.array().empty()) return way == Way::ingress || policy.spec()["egress"];
  std::string_view wanted = way == Way::ingress ? "Ingress" : "Egress";
  return std::ranges::any_of(types.array(), [&](const json::Value& type) { return json::View(type).text() == wanted; });
}

bool is_namespace_selected(const Cluster& cluster, json::View selector, std::string_view name) {
  auto found = cluster.snapshot().find("Namespace", "", name);
  return !found || found->metadata()["labels"].is_null() || selector_matches(selector, found->metadata()["labels"]);
}

bool is_peer(const Cluster& cluster, const ObjectView& policy, json::View peer,
             const std::optional<ObjectView>& other) {
  if (!other || peer["ipBlock"]) return true;
  json::View pods = peer["podSelector"], namespaces = peer["namespaceSelector"];
  bool is_pod_selected = !pods || selector_matches(pods, other->metadata()["labels"]);
  bool is_home = namespaces ? is_namespace_selected(cluster, namespaces, other->namespace_name())
                            : other->namespace_name() == policy.namespace_name();
  return is_pod_selected && is_home;
}

bool has_named_port(const ObjectView& pod, std::string_view name, std::int64_t number) {
  return std::ranges::any_of(declared_ports(pod),
                             [&](const DeclaredPort& port) { return port.name == name && port.number == number; });
}

bool is_port(json::View allowed, const Connection& connection) {
  if (allowed["protocol"].text("TCP") != connection.protocol) return false;
  json::View port = allowed["port"];
  if (port.is_null()) return true;
  if (auto first = port.integer())
    return connection.port >= *first && connection.port <= allowed["endPort"].integer_or(*first);
  return !connection.to || has_named_port(*connection.to, port.text(), connection.port);
}

bool is_allowed_by(const Cluster& cluster, const ObjectView& policy, json::View rule, Way way,
                   const Connection& connection) {
  const auto& other = way == Way::ingress ? connection.from : connection.to;
  const json::Array& peers = rule[way == Way::ingress ? "from" : "to"].array();
  const json::Array& ports = rule["ports"].array();
  bool peer_fits = peers.empty() || std::ranges::any_of(peers, [&](const json::Value& peer) {
                     return is_peer(cluster, policy, peer, other);
                   });
  return peer_fits && (ports.empty() ||
                       std::ranges::any_of(ports, [&](const json::Value& port) { return is_port(port, connection); }));
}

}  // namespace

std::vector<ObjectView> denied_by(const Cluster& cluster, Way way, const Connection& connection) {
  const auto& end = way == Way::ingress ? connection.to : connection.from;
  std::vector<ObjectView> limiting;
  if (!end || end->spec()["hostNetwork"].boolean_or(false)) return limiting;  // those of the node's network are exempt
  for (const ObjectView& policy : cluster.snapshot().of_kind("NetworkPolicy")) {
    if (policy.namespace_name() != end->namespace_name() || !limits(policy, way)) continue;
    if (!selector_matches(policy.spec()["podSelector"], end->metadata()["labels"])) continue;
    for (const json::Value& rule : policy.spec()[way == Way::ingress ? "ingress" : "egress"].array())
      if (is_allowed_by(cluster, policy, rule, way, connection)) return {};
    limiting.push_back(policy);
  }
  return limiting;
}

}  // namespace ai_ops::diagnosis
