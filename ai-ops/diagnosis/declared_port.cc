#include "ai-ops/diagnosis/declared_port.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "ai-ops/diagnosis/quote.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::size_t kMaxNameBytes = 64;

struct NamedSpeech {
  std::string_view name;
  Speech speech;
};
// Istio's protocol selection, Kubernetes' appProtocol, and the names that IANA registered for what is seen in clusters.
constexpr std::array kNamedSpeeches{
    NamedSpeech{"http", Speech::http},
    NamedSpeech{"grpc-web", Speech::http},
    NamedSpeech{"web", Speech::http},
    NamedSpeech{"https", Speech::tls},
    NamedSpeech{"tls", Speech::tls},
    NamedSpeech{"grpc", Speech::grpc},
    NamedSpeech{"kubernetes.io/ws", Speech::http},
    NamedSpeech{"tcp", Speech::other},
    NamedSpeech{"udp", Speech::other},
    NamedSpeech{"redis", Speech::other},
    NamedSpeech{"mysql", Speech::other},
    NamedSpeech{"mongo", Speech::other},
    NamedSpeech{"mongodb", Speech::other},
    NamedSpeech{"postgres", Speech::other},
    NamedSpeech{"postgresql", Speech::other},
    NamedSpeech{"amqp", Speech::other},
    NamedSpeech{"kafka", Speech::other},
    NamedSpeech{"dns", Speech::other},
    NamedSpeech{"memcached", Speech::other},
};

void add_ports(const ObjectView& pod, std::string_view list, bool only_sidecars, std::vector<DeclaredPort>& out) {
  const json::Array& containers = pod.spec()[list].array();
  for (std::size_t i = 0; i < containers.size(); ++i) {
    json::View container(containers[i]);
    if (only_sidecars && container["restartPolicy"].text() != "Always") continue;
    const json::Array& ports = container["ports"].array();
    for (std::size_t j = 0; j < ports.size(); ++j) {
      json::View port(ports[j]);
      out.push_back({container["name"].text(), port["name"].text(), port["containerPort"].integer_or(0),
                     port["protocol"].text("TCP"), fmt::format("spec.{}[{}].ports[{}]", list, i, j)});
    }
  }
}

}  // namespace

PortAsked port_asked(json::View int_or_string) {
  if (auto number = int_or_string.integer()) return {*number, {}};
  std::string_view text = int_or_string.text();
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool is_number =
      error == std::errc() && end == text.data() + text.size();  // "8080" counts as 8080, as for the kubelet
  return is_number ? PortAsked{number, {}} : PortAsked{0, text};
}

std::string port_text(const PortAsked& asked) {
  return asked.number != 0 ? fmt::format("{}", asked.number) : fmt::format("\"{}\"", quote(asked.name, kMaxNameBytes));
}

std::vector<DeclaredPort> declared_ports(const ObjectView& pod) {
  std::vector<DeclaredPort> out;
  add_ports(pod, "containers", false, out);
  add_ports(pod, "initContainers", true, out);
  return out;
}

std::string ports_text(const std::vector<DeclaredPort>& ports) {
  std::string out;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    std::string_view between = i == 0 ? "" : i + 1 == ports.size() ? " and " : ", ";
    out += fmt::format("{}{}", between, ports[i].number);
    if (!ports[i].name.empty()) out += fmt::format(" ({})", quote(ports[i].name, kMaxNameBytes));
  }
  return out;
}

std::string_view to_string(Speech speech) {
  switch (speech) {
    case Speech::http: return "HTTP";
    case Speech::tls: return "TLS";
    case Speech::grpc: return "gRPC";
    case Speech::other: return "a protocol of its own";
    case Speech::unknown: break;
  }
  return "an unknown protocol";
}

Speech speech_by_name(std::string_view name) {
  auto whole = std::ranges::find(kNamedSpeeches, name, &NamedSpeech::name);
  if (whole != kNamedSpeeches.end()) return whole->speech;
  auto first = std::ranges::find(kNamedSpeeches, name.substr(0, name.find('-')), &NamedSpeech::name);
  return first == kNamedSpeeches.end() ? Speech::unknown : first->speech;
}

}  // namespace ai_ops::diagnosis
