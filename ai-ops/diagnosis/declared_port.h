// The ports that a pod's containers declare. A declaration gives a port a name and a protocol; nothing forces a
// container to declare all that it listens on.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

// A port as probes, Services and Ingresses ask for it: by number or by name.
struct PortAsked {
  std::int64_t number = 0;  // 0: by name
  std::string_view name;
  explicit operator bool() const { return number != 0 || !name.empty(); }
};
PortAsked port_asked(json::View int_or_string);
std::string port_text(const PortAsked& asked);  // "8080"; "\"http\""

struct DeclaredPort {
  std::string_view container;
  std::string_view name;  // empty: it has none
  std::int64_t number = 0;
  std::string_view protocol;  // "TCP" where it says none
  std::string path;           // "spec.containers[0].ports[1]"
};

// Of all containers that run as long as the pod: sidecars too, init containers not.
std::vector<DeclaredPort> declared_ports(const ObjectView& pod);
std::string ports_text(const std::vector<DeclaredPort>& ports);  // "8080", "8080 (http) and 9090 (metrics)"

// What is spoken on a port, as far as it is known.
enum class Speech { unknown, http, tls, grpc, other };
std::string_view to_string(Speech speech);
// By the convention of port names "<protocol>[-<suffix>]", which is also that of appProtocol.
Speech speech_by_name(std::string_view name);

}  // namespace ai_ops::diagnosis
