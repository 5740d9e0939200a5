// Where a Service's ports lead: to a port of its pods, or to none.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/declared_port.h"

namespace ai_ops::diagnosis {

struct ServicePort {
  std::size_t index = 0;
  std::int64_t number = 0;    // what callers use
  PortAsked target;           // of the pods
  std::string_view protocol;  // "TCP" where it says none
  std::string_view name;
  bool names_target = false;        // else the target is the number itself
  std::string path() const;         // "spec.ports[0]"
  std::string target_path() const;  // of whatever says the target
};
std::vector<ServicePort> ports_of(const ObjectView& service);

// How a port misses every pod behind the Service.
struct PortMiss {
  enum class How {
    no_such_name,    // Kubernetes makes no endpoint of it: certain
    other_protocol,  // the port is declared, for another protocol only
    undeclared,      // no container declares the number, which alone is allowed
  };
  How how = How::undeclared;
  ServicePort port;
  ObjectView pod;                    // one of them
  std::vector<DeclaredPort> others;  // what it declares instead; of that number, for another protocol
};

// None when a pod declares it, or listens on it by a probe that is well, or when a pod declares nothing at all.
std::optional<PortMiss> miss_of(const ServicePort& port, const std::vector<ObjectView>& pods);

}  // namespace ai_ops::diagnosis
