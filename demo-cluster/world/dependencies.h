// What a program in a pod reaches over the cluster's network: Services by name and port. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "demo-cluster/world/store.h"
#include "foundation/json/view.h"

namespace demo_cluster::world {

struct Endpoint {
  std::string host;  // "postgres.shop"
  std::int64_t port = 0;
};
// Of "postgres://shop@postgres.shop:5433/shop"; http and https have their ports by default.
std::optional<Endpoint> parse_endpoint(std::string_view url);

enum class Reach { answered, no_such_host, refused, nobody_ready };
struct Reached {
  Reach what = Reach::answered;
  std::string address;  // "10.96.4.12:5433"; the host when it has no address
};
// As from a pod of that namespace. A Service without that port and one without ready pods both refuse.
Reached reach(const Store& store, std::string_view from_namespace, const Endpoint& endpoint);
// What the program is told: "connect: connection refused 10.96.4.12:5433".
std::string failure_text(const Reached& reached);

// A container's environment variable, with its ConfigMap looked up; "" when it has none.
std::string env_value(const Store& store, json::View pod, json::View container, std::string_view name);

}  // namespace demo_cluster::world
