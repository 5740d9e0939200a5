#include "ai-ops/diagnosis/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/phrases.h"

namespace ai_ops::diagnosis {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kMaxSeconds = 86'400;
constexpr std::int64_t kMaxFailures = 10'000;

struct KindRow {
  ProbeKind kind;
  std::string_view word;
  std::string_view member;
  std::string_view said_by_kubelet;  // how its events begin
};
constexpr std::array kKinds{
    KindRow{ProbeKind::liveness, "liveness", "livenessProbe", "Liveness probe "},
    KindRow{ProbeKind::readiness, "readiness", "readinessProbe", "Readiness probe "},
    KindRow{ProbeKind::startup, "startup", "startupProbe", "Startup probe "},
};
const KindRow& row_of(ProbeKind kind) { return *std::ranges::find(kKinds, kind, &KindRow::kind); }

// Istio rewrites HTTP probes so that the kubelet asks the sidecar's agent, which asks the container. The port and the
// protocol that the container is asked for then stand nowhere in the probe.
constexpr std::array<std::int64_t, 2> kMeshPorts{15'020, 15'021};
constexpr std::string_view kMeshPath = "/app-health/";

bool is_rewritten(json::View http) {
  return http["path"].text().starts_with(kMeshPath) &&
         std::ranges::find(kMeshPorts, http["port"].integer_or(0)) != kMeshPorts.end();
}

void read_action(json::View spec, Probe& probe) {
  struct Asking {
    std::string_view member;
    ProbeAction action;
  };
  constexpr std::array kAsking{Asking{"httpGet", ProbeAction::http}, Asking{"tcpSocket", ProbeAction::connection},
                               Asking{"grpc", ProbeAction::grpc}};
  if (spec["exec"]) probe.action = ProbeAction::command;
  for (const Asking& row : kAsking) {
    json::View asks = spec[row.member];
    if (!asks || is_rewritten(asks)) continue;
    bool is_https = row.action == ProbeAction::http && asks["scheme"].text() == "HTTPS";
    probe.action = is_https ? ProbeAction::https : row.action;
    probe.port = port_asked(asks["port"]);
    if (probe.port) probe.port_path = fmt::format("{}.{}.port", probe.path, row.member);
  }
}

struct AnswerWords {
  std::string_view words;  // lower case
  Answer answer;
};
// What Go's net, net/http and gRPC say, and the kubelet around them (pkg/probe). The first row that fits counts.
constexpr std::array kAnswers{
    AnswerWords{"malformed http", Answer::other_protocol},
    AnswerWords{"server gave http response to https client", Answer::other_protocol},
    AnswerWords{"first record does not look like a tls handshake", Answer::other_protocol},
    AnswerWords{"server preface", Answer::other_protocol},
    AnswerWords{"http2: frame too large", Answer::other_protocol},
    AnswerWords{"does not implement the grpc health protocol", Answer::other_protocol},
    AnswerWords{"code = unimplemented", Answer::other_protocol},
    AnswerWords{"connection refused", Answer::refused},
    AnswerWords{"failed to connect service", Answer::no_contact},
    AnswerWords{"i/o timeout", Answer::not_reached},
    AnswerWords{"no route to host", Answer::not_reached},
    AnswerWords{"connection reset", Answer::cut_off},
    AnswerWords{"transport connection broken", Answer::cut_off},
    AnswerWords{": eof", Answer::cut_off},
    AnswerWords{"tls handshake timeout", Answer::cut_off},
    AnswerWords{"did not complete within", Answer::late},
    AnswerWords{"deadline exceeded", Answer::late},
    AnswerWords{"client.timeout", Answer::late},
    AnswerWords{"timed out", Answer::late},
    AnswerWords{"statuscode: 400", Answer::not_understood},
    AnswerWords{"statuscode: 415", Answer::not_understood},
    AnswerWords{"statuscode: 426", Answer::not_understood},
    AnswerWords{"statuscode: 505", Answer::not_understood},
};

}  // namespace

std::string_view to_string(ProbeKind kind) { return row_of(kind).word; }

Speech Probe::asks() const {
  switch (action) {
    case ProbeAction::http: return Speech::http;
    case ProbeAction::https: return Speech::tls;
    case ProbeAction::grpc: return Speech::grpc;
    default: return Speech::unknown;
  }
}

seconds seconds_at(json::View value, seconds otherwise) {
  return seconds(std::clamp<std::int64_t>(value.integer_or(otherwise.count()), 0, kMaxSeconds));
}

std::optional<Probe> probe_of(const Container& container, ProbeKind kind) {
  const KindRow& row = row_of(kind);
  json::View spec = container.spec[row.member];
  if (spec.is_null()) return std::nullopt;
  Probe probe;
  probe.kind = kind;
  probe.path = fmt::format("{}.{}", container.spec_path, row.member);
  read_action(spec, probe);
  probe.delay = seconds_at(spec["initialDelaySeconds"], probe.delay);
  probe.period = std::max(seconds(1), seconds_at(spec["periodSeconds"], probe.period));
  probe.timeout = std::max(seconds(1), seconds_at(spec["timeoutSeconds"], probe.timeout));
  probe.failures = std::clamp<std::int64_t>(spec["failureThreshold"].integer_or(probe.failures), 1, kMaxFailures);
  return probe;
}

bool tells_of_probe(const ObjectView& event, ProbeKind kind) {
  return event.root()["reason"].text() == "Unhealthy" &&
         event.root()["message"].text().starts_with(row_of(kind).said_by_kubelet);
}

std::string_view probe_words(const ObjectView& event) {
  std::string_view message = event.root()["message"].text();
  std::size_t said = message.find(": ");
  return said == message.npos ? message : message.substr(said + 2);
}

Answer answer_in(std::string_view words) {
  if (words.empty()) return Answer::none;
  auto row = std::ranges::find_if(kAnswers, [&](const AnswerWords& a) { return contains_words(words, a.words); });
  return row == kAnswers.end() ? Answer::negative : row->answer;
}

}  // namespace ai_ops::diagnosis
