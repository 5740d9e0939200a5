#include "ai-ops/diagnosis/backend.h"

#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/diagnosis/endpoint.h"
#include "ai-ops/diagnosis/evidence.h"
#include "ai-ops/diagnosis/quote.h"

namespace ai_ops::diagnosis {

std::optional<std::string> wrong_with(const Cluster& cluster, const Backend& backend) {
  auto service = cluster.snapshot().find("Service", backend.namespace_name, backend.service);
  std::string name = quote(backend.service);
  if (!service) {
    return cluster.sees("Service", backend.namespace_name)
               ? std::optional(fmt::format("Service {}, which does not exist", name))
               : std::nullopt;
  }
  const json::Array& ports = service->spec()["ports"].array();
  if (backend.port.is_null() || ports.empty()) return std::nullopt;
  bool has_it = std::ranges::any_of(ports, [&](const json::Value& value) {
    json::View port(value);
    return backend.port.integer() ? port["port"].integer() == backend.port.integer()
                                  : port["name"].text() == backend.port.text();
  });
  if (has_it) return std::nullopt;
  return fmt::format("port {} of Service {}, which has {}", shown(backend.port), name, ports_text(*service));
}

}  // namespace ai_ops::diagnosis
