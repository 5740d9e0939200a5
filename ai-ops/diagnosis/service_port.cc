#include "ai-ops/diagnosis/service_port.h"

#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/probe.h"

namespace ai_ops::diagnosis {
namespace {

bool is_same_port(const ServicePort& asked, const DeclaredPort& declared) {
  return asked.target.number != 0 ? declared.number == asked.target.number : declared.name == asked.target.name;
}

// A probe that is well shows that something listens, declared or not.
bool is_probed(const ObjectView& pod, std::int64_t number) {
  for (const Container& container : containers_of(pod)) {
    auto probe = probe_of(container, ProbeKind::readiness);
    if (probe && probe->port.number == number && container.status["ready"].boolean_or(false)) return true;
  }
  return false;
}

}  // namespace

std::string ServicePort::path() const { return fmt::format("spec.ports[{}]", index); }
std::string ServicePort::target_path() const { return path() + (names_target ? ".targetPort" : ".port"); }

std::vector<ServicePort> ports_of(const ObjectView& service) {
  std::vector<ServicePort> out;
  const json::Array& ports = service.spec()["ports"].array();
  for (std::size_t i = 0; i < ports.size(); ++i) {
    json::View port(ports[i]);
    bool names_target = !port["targetPort"].is_null();
    PortAsked target = port_asked(names_target ? port["targetPort"] : port["port"]);
    if (!target) continue;
    out.push_back(
        {i, port["port"].integer_or(0), target, port["protocol"].text("TCP"), port["name"].text(), names_target});
  }
  return out;
}

std::optional<PortMiss> miss_of(const ServicePort& port, const std::vector<ObjectView>& pods) {
  std::optional<PortMiss> miss;
  for (const ObjectView& pod : pods) {
    std::vector<DeclaredPort> declared = declared_ports(pod), of_other_protocol;
    bool by_number = port.target.number != 0;
    if (by_number && (declared.empty() || (port.protocol == "TCP" && is_probed(pod, port.target.number))))
      return std::nullopt;
    for (const DeclaredPort& each : declared) {
      if (!is_same_port(port, each)) continue;
      if (each.protocol == port.protocol) return std::nullopt;
      of_other_protocol.push_back(each);
    }
    if (miss) continue;
    PortMiss::How how = !of_other_protocol.empty() ? PortMiss::How::other_protocol
                        : by_number                ? PortMiss::How::undeclared
                                                   : PortMiss::How::no_such_name;
    miss = PortMiss{how, port, pod, of_other_protocol.empty() ? declared : of_other_protocol};
  }
  return miss;
}

}  // namespace ai_ops::diagnosis
