#include "ai-ops/diagnosis/failing_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/event_history.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr seconds kGrace{30};      // beyond what the probe itself allows: clocks, images, a slow kubelet
constexpr auto kShortRun = 10min;  // the kubelet forgets a container's restarts once it has run for this long
constexpr auto kLastKillAgo = 1h;  // of a container whose runs are long
constexpr auto kEventLag = 6min;  // client-go's recorder passes on one repeated event every 5 minutes once it throttles
constexpr std::int64_t kRepeated = 2;
constexpr seconds kDefaultTermination{30};
constexpr std::array kKilling{ProbeKind::liveness, ProbeKind::startup};
constexpr std::array kAll{ProbeKind::liveness, ProbeKind::startup, ProbeKind::readiness};

// Events of the kubelet name the container by involvedObject.fieldPath, where it is recorded; else it must be the only
// one with such a probe, or the one whose port is named.
bool is_about(const ObjectView& event, const Container& container, ProbeKind kind, const Probe& probe) {
  std::string_view path = event.root()["involvedObject"]["fieldPath"].text();
  if (!path.empty()) return path.find(fmt::format("{{{}}}", container.name)) != path.npos;
  std::size_t have_one = 0;
  for (const Container& each : containers_of(container.pod)) have_one += probe_of(each, kind).has_value();
  if (have_one <= 1) return true;
  return probe.port.number != 0 && probe_words(event).find(fmt::format(":{}", probe.port.number)) != std::string::npos;
}

std::optional<ObjectView> unhealthy_event(const Cluster& cluster, const Container& container, const Probe& probe) {
  for (const ObjectView& event : cluster.events_about(container.pod))
    if (tells_of_probe(event, probe.kind) && is_about(event, container, probe.kind, probe)) return event;
  return std::nullopt;
}

// "Container server failed liveness probe, will be restarted"
std::optional<ObjectView> killing_event(const Cluster& cluster, const Container& container, ProbeKind kind) {
  std::string told = fmt::format("failed {} probe", to_string(kind)), name = fmt::format(" {} ", container.name);
  for (const ObjectView& event : cluster.events_about(container.pod)) {
    std::string_view message = event.root()["message"].text();
    if (event.root()["reason"].text() == "Killing" && message.find(told) != message.npos &&
        message.find(name) != message.npos)
      return event;
  }
  return std::nullopt;
}

struct Run {
  std::optional<WallTime> started;
  std::optional<WallTime> finished;
  std::optional<seconds> length() const {
    if (!started || !finished || *finished < *started) return std::nullopt;
    return std::chrono::duration_cast<seconds>(*finished - *started);
  }
};
Run last_run(const Container& container) {
  json::View last = container.status["lastState"]["terminated"];
  if (!last) last = container.status["state"]["terminated"];
  return {time_of(last["startedAt"]), time_of(last["finishedAt"])};
}

bool came_after(const std::optional<ObjectView>& event, std::optional<WallTime> moment) {
  auto at = event ? time_of_event(*event) : std::nullopt;
  return at && moment && *at >= *moment;
}

// The container waits to be started again: the kill that is told ended its last run.
bool ended_last_run(const FailingProbe& failing) {
  Run run = last_run(failing.container);
  if (!failing.killing) return false;
  if (!run.started || came_after(failing.killing, *run.started)) return true;
  auto length = run.length();
  bool was_too_short = length && !failing.probe.path.empty() &&
                       *length < failing.probe.delay + (failing.probe.failures - 1) * failing.probe.period;
  return !was_too_short && came_after(failing.killing, *run.started - kEventLag);
}

// The container runs again: it has not yet outlived what it was killed in before.
bool will_be_killed_again(const FailingProbe& failing, WallTime since, WallTime now) {
  Run run = last_run(failing.container);
  auto length = run.length();
  bool fails_again = came_after(failing.unhealthy, since), is_repeated = failing.container.restarts() >= kRepeated;
  if (!length || !failing.killing) return false;
  if (*length >= kShortRun)
    return fails_again && is_repeated && now - *run.finished < kLastKillAgo &&
           came_after(failing.unhealthy, now - kEventLag);
  if (now - since > std::max(*length, failing.probe.longest_allowance()) + kGrace) return false;
  return fails_again || is_repeated;
}

std::optional<FailingProbe::Harm> harm_of(const FailingProbe& failing, WallTime now) {
  using enum FailingProbe::Harm;
  const Container& container = failing.container;
  if (container.status["lastState"]["terminated"]["reason"].text() == "OOMKilled") return std::nullopt;
  if (!container.status["state"]["running"]) return ended_last_run(failing) ? std::optional(kills) : std::nullopt;
  auto since = time_of(container.status["state"]["running"]["startedAt"]);
  if (!since) return std::nullopt;
  if (container.restarts() >= 1)
    return will_be_killed_again(failing, *since, now) ? std::optional(kills) : std::nullopt;
  // It serves, so it is not its start that is slow; and it fails now, not only in the beginning.
  bool is_in_first = container.status["ready"].boolean_or(false) && came_after(failing.unhealthy, *since) &&
                     came_after(failing.unhealthy, now - 2 * failing.probe.period - kGrace) &&
                     times_seen(*failing.unhealthy) >= kRepeated &&
                     now - *since <= failing.probe.longest_allowance() + 2 * kGrace;
  return is_in_first ? std::optional(will_kill) : std::nullopt;
}

// A probe that never succeeds ends a run as soon as it may; a longer run had successes.
bool outlived_first_kill(const FailingProbe& failing) {
  auto length = last_run(failing.container).length();
  seconds termination = seconds_at(failing.container.pod.spec()["terminationGracePeriodSeconds"], kDefaultTermination);
  return length && *length > failing.probe.longest_allowance() + termination + kGrace;
}

std::optional<FailingProbe> killing_probe(const Cluster& cluster, const Container& container, ProbeKind kind,
                                          WallTime now) {
  bool has_started = container.status["started"].boolean_or(container.status["ready"].boolean_or(false));
  if (kind == ProbeKind::startup && has_started) return std::nullopt;  // it passed, and is not asked again
  FailingProbe failing{container, {}, {}, {}, {}, false};
  failing.probe.kind = kind;
  if (auto probe = probe_of(container, kind)) failing.probe = *probe;
  failing.killing = killing_event(cluster, container, kind);
  failing.unhealthy = unhealthy_event(cluster, container, failing.probe);
  if (!failing.killing && !failing.unhealthy) return std::nullopt;
  auto harm = harm_of(failing, now);
  if (!harm) return std::nullopt;
  failing.harm = *harm;
  failing.has_worked = outlived_first_kill(failing);
  return failing;
}

// The pod was ready since the container started, and is not any more.
bool was_ready(const Container& container) {
  auto since = time_of(container.status["state"]["running"]["startedAt"]);
  auto unready_since = time_of(container.pod.condition("Ready")["lastTransitionTime"]);
  return since && unready_since && *unready_since > *since + kGrace;
}

std::optional<FailingProbe> readiness_probe(const Cluster& cluster, const Container& container, WallTime now) {
  bool runs = static_cast<bool>(container.status["state"]["running"]);
  bool counts = container.role != Container::Role::init;  // for the pod to be ready
  if (!counts || !runs || container.status["ready"].boolean_or(true)) return std::nullopt;
  if (!had_its_time(container, now)) return std::nullopt;
  FailingProbe failing{container, {}, FailingProbe::Harm::no_traffic, {}, {}, was_ready(container)};
  auto probe = probe_of(container, ProbeKind::startup);
  bool is_starting = probe && !container.status["started"].boolean_or(true);  // readiness is not asked before
  if (!is_starting) probe = probe_of(container, ProbeKind::readiness);
  if (probe) failing.probe = *probe;
  failing.unhealthy = unhealthy_event(cluster, container, failing.probe);
  if (!probe && !failing.unhealthy) return std::nullopt;
  return failing;
}

// It shows by the container's state where it can, else by the silence of the events that speak of others.
bool is_well(const Cluster& cluster, const FailingProbe& failing, const Probe& other) {
  const Container& container = failing.container;
  if (unhealthy_event(cluster, container, other)) return false;
  if (failing.unhealthy) return true;
  return other.kind == ProbeKind::readiness ? container.status["ready"].boolean_or(false) : container.restarts() == 0;
}

}  // namespace

std::optional<FailingProbe> failing_probe_of(const Cluster& cluster, const Container& container, WallTime now) {
  for (ProbeKind kind : kKilling)
    if (auto failing = killing_probe(cluster, container, kind, now)) return failing;
  return readiness_probe(cluster, container, now);
}

bool had_its_time(const Container& container, WallTime now) {
  auto since = time_of(container.status["state"]["running"]["startedAt"]);
  seconds allowance = kGrace + probe_of(container, ProbeKind::readiness).value_or(Probe()).allowance();
  if (auto startup = probe_of(container, ProbeKind::startup)) allowance += startup->allowance();
  return since && now - *since > allowance;
}

OtherProbes others_of(const Cluster& cluster, const FailingProbe& failing) {
  OtherProbes out;
  for (ProbeKind kind : kAll) {
    auto other = probe_of(failing.container, kind);
    if (!other || kind == failing.probe.kind) continue;
    (is_well(cluster, failing, *other) ? out.well : out.failing).push_back(std::move(*other));
  }
  return out;
}

}  // namespace ai_ops::diagnosis
