// A container's probe as its spec has it, with Kubernetes' defaults, and what the kubelet says of its answers.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/declared_port.h"

namespace ai_ops::diagnosis {

enum class ProbeKind { liveness, readiness, startup };
std::string_view to_string(ProbeKind kind);

enum class ProbeAction { command, connection, http, https, grpc, unknown };

// kubelet, pkg/kubelet/prober: the first try comes after `delay`, then one every `period`; `failures` in a row count.
struct Probe {
  ProbeKind kind = ProbeKind::readiness;
  ProbeAction action = ProbeAction::unknown;
  PortAsked port;         // none: it asks no port, or not one that can be seen
  std::string path;       // "spec.containers[0].livenessProbe"; empty: the spec does not show it
  std::string port_path;  // "spec.containers[0].livenessProbe.grpc.port"
  std::chrono::seconds delay{0};
  std::chrono::seconds period{10};
  std::chrono::seconds timeout{1};
  std::int64_t failures = 3;
  // From the container's start until its failing counts.
  std::chrono::seconds allowance() const { return delay + failures * period; }
  std::chrono::seconds longest_allowance() const { return delay + failures * std::max(period, timeout); }
  Speech asks() const;  // what it speaks; unknown: anything that takes a connection or runs a command will do
};

// A number of seconds as a spec has it, within a day: it may be anything that 64 bits hold.
std::chrono::seconds seconds_at(json::View value, std::chrono::seconds otherwise);

std::optional<Probe> probe_of(const Container& container, ProbeKind kind);

// Where the event tells of a probe: "Liveness probe failed: ...".
bool tells_of_probe(const ObjectView& event, ProbeKind kind);
std::string_view probe_words(const ObjectView& event);  // what comes after "... probe failed: "

// What the words of a failed probe say of the other end.
enum class Answer {
  none,            // no words
  refused,         // nothing listens there
  not_reached,     // no answer from the address
  no_contact,      // no gRPC server came about: nothing listens, it is slow, or it speaks something else
  late,            // it listens, and did not answer in time
  cut_off,         // it took the connection and closed it without an answer
  not_understood,  // an HTTP status by which servers refuse what is not their protocol
  other_protocol,  // what came back is no answer of the protocol
  negative,        // an answer, and it is no
};
Answer answer_in(std::string_view words);

}  // namespace ai_ops::diagnosis
