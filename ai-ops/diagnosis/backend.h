// A Service that another object sends traffic to: an Ingress, a route, a webhook. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

struct Backend {
  std::string namespace_name;
  std::string service;
  json::View port;   // a number or a name; null: whichever
  std::string path;  // where the Service's name stands
};

// "Service web, which does not exist", "port 81 of Service web, which has 80"; none when it leads somewhere, or to
// where we cannot see.
std::optional<std::string> wrong_with(const Cluster& cluster, const Backend& backend);

}  // namespace ai_ops::diagnosis
