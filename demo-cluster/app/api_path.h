// What a request's path names. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "demo-cluster/world/served_kinds.h"
#include "demo-cluster/world/store.h"

namespace demo_cluster::app {

struct ApiPath {
  const world::ServedKind* kind = nullptr;
  std::string namespace_name;  // empty: a cluster-scoped kind, or all namespaces
  std::string name;            // empty: the collection
  std::string subresource;     // "scale", "status", "log" or ""

  world::Key key() const { return {std::string(kind->kind.name), namespace_name, name}; }
};

// "/api/v1/..." and "/apis/GROUP/VERSION/..."; nothing for what is not served.
std::optional<ApiPath> parse_api_path(std::string_view path);

}  // namespace demo_cluster::app
