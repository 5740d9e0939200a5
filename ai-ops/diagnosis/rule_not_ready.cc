// A container that runs and takes no traffic: its readiness probe fails. One that may still be starting is left alone.
#include <fmt/format.h>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rollout.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

using std::chrono::seconds;

constexpr seconds kGrace{30};  // beyond what the probe itself allows

// Kubernetes' defaults where the probe does not say.
seconds probe_allowance(json::View probe) {
  std::int64_t delay = probe["initialDelaySeconds"].integer_or(0);
  std::int64_t period = probe["periodSeconds"].integer_or(10), failures = probe["failureThreshold"].integer_or(3);
  constexpr std::int64_t kMost = 3600;
  return seconds(std::clamp<std::int64_t>(delay, 0, kMost) +
                 std::clamp<std::int64_t>(period, 1, kMost) * std::clamp<std::int64_t>(failures, 1, kMost));
}

bool had_its_time(const Container& container, WallTime now) {
  auto since = time_of(container.status["state"]["running"]["startedAt"]);
  seconds allowance = kGrace + probe_allowance(container.spec["readinessProbe"]);
  if (container.spec["startupProbe"]) allowance += probe_allowance(container.spec["startupProbe"]);
  return since && now - *since > allowance;
}

std::optional<ObjectView> probe_event(const Case& c, const ObjectView& pod) {
  for (const ObjectView& event : c.cluster().events_about(pod))
    if (event.root()["reason"].text() == "Unhealthy" &&
        event.root()["message"].text().find("eadiness probe") != std::string_view::npos)
      return event;
  return std::nullopt;
}

std::string probe_words(const ObjectView& event) {
  std::string_view message = event.root()["message"].text();
  constexpr std::string_view kSaidAlready = "Readiness probe failed: ";
  if (message.starts_with(kSaidAlready)) message.remove_prefix(kSaidAlready.size());
  return quote(message);
}

bool tell_not_ready(Case& c, const Workload& workload, const Container& container) {
  bool runs = static_cast<bool>(container.status["state"]["running"]);
  if (!runs || container.status["ready"].boolean_or(true) || !had_its_time(container, c.now())) return false;
  if (!container.status_path.starts_with("status.containerStatuses")) return false;
  auto event = probe_event(c, container.pod);
  if (is_rolling_out(workload.object) && !event) return false;
  bool has_probe = event || container.spec["readinessProbe"];
  Draft& draft = c.symptom(workload, has_probe ? "runs but its readiness probe fails" : "runs but is not ready");
  if (is_rolling_out(workload.object)) draft.severity = Severity::warning;
  if (event) draft.detail = probe_words(*event);
  draft.container = container.name;
  draft.may_come_from_a_dependency = true;
  draft.cite(container.pod, container.status_path + ".ready");
  if (event) draft.cite(event_evidence(*event));
  return true;
}

void tell_first(Case& c, const Workload& workload) {
  for (const ObjectView& pod : workload.pods)
    for (const Container& container : containers_of(pod))
      if (tell_not_ready(c, workload, container)) return;
}

}  // namespace

void find_not_ready(Case& c) {
  for (const Workload& workload : c.cluster().workloads())
    if (!c.has_symptom(workload.ref)) tell_first(c, workload);
}

}  // namespace ai_ops::diagnosis
