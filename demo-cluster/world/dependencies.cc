#include "demo-cluster/world/dependencies.h"

#include <fmt/format.h>

#include <charconv>

#include "demo-cluster/world/editing.h"

namespace demo_cluster::world {
namespace {

std::int64_t default_port(std::string_view scheme) { return scheme == "http" ? 80 : scheme == "https" ? 443 : 0; }

// "postgres", "postgres.shop", "postgres.shop.svc", "postgres.shop.svc.cluster.local"
Stored service_named(const Store& store, std::string_view from_namespace, std::string_view host) {
  auto dot = host.find('.');
  auto name = host.substr(0, dot);
  auto rest = dot == std::string_view::npos ? std::string_view{} : host.substr(dot + 1);
  auto space = rest.empty() ? from_namespace : rest.substr(0, rest.find('.'));
  return store.find({"Service", std::string(space), std::string(name)});
}

bool listens(json::View service, std::int64_t port) {
  for (const auto& row : service["spec"]["ports"].array())
    if (json::View(row)["port"].integer_or(0) == port) return true;
  return false;
}

bool has_ready_pods(const Store& store, json::View service) {
  if (service["spec"]["selector"].object().empty()) return true;  // somebody else keeps its endpoints
  auto endpoints = store.find({"Endpoints", std::string(service["metadata"]["namespace"].text()),
                               std::string(service["metadata"]["name"].text())});
  if (!endpoints) return false;
  for (const auto& subset : json::View(*endpoints)["subsets"].array())
    if (!json::View(subset)["addresses"].array().empty()) return true;
  return false;
}

}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view url) {
  auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  auto scheme = url.substr(0, scheme_end);
  auto authority = url.substr(scheme_end + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (auto at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  auto colon = authority.rfind(':');
  Endpoint out{std::string(authority.substr(0, colon)), default_port(scheme)};
  if (colon != std::string_view::npos) {
    auto digits = authority.substr(colon + 1);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  }
  if (out.host.empty() || out.port < 1 || out.port > 65'535) return std::nullopt;
  return out;
}

Reached reach(const Store& store, std::string_view from_namespace, const Endpoint& endpoint) {
  auto service = service_named(store, from_namespace, endpoint.host);
  if (!service) return {Reach::no_such_host, endpoint.host};
  auto ip = json::View(*service)["spec"]["clusterIP"].text();
  auto address = fmt::format("{}:{}", ip, endpoint.port);
  if (!listens(*service, endpoint.port)) return {Reach::refused, address};
  return {has_ready_pods(store, *service) ? Reach::answered : Reach::nobody_ready, address};
}

std::string failure_text(const Reached& reached) {
  if (reached.what == Reach::no_such_host) return fmt::format("lookup {}: no such host", reached.address);
  return fmt::format("connect: connection refused {}", reached.address);
}

std::string env_value(const Store& store, json::View pod, json::View container, std::string_view name) {
  for (const auto& variable : container["env"].array()) {
    json::View view(variable);
    if (view["name"].text() != name) continue;
    auto ref = view["valueFrom"]["configMapKeyRef"];
    if (!ref) return std::string(view["value"].text());
    auto map =
        store.find({"ConfigMap", std::string(pod["metadata"]["namespace"].text()), std::string(ref["name"].text())});
    return map ? std::string(json::View(*map)["data"][ref["key"].text()].text()) : std::string();
  }
  return {};
}

}  // namespace demo_cluster::world
