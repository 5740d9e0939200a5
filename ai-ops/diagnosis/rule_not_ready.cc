// A container that runs, is not ready, and has no readiness probe that could tell why (one that fails is told by
// rule_probes.cc); or a pod whose containers are ready and whose readiness gate somebody else has not opened. One that
// may still be starting is left alone.
//
// Fault     not-ready
// Evidence  status.containerStatuses[].ready; the Ready condition and spec.readinessGates
// Source    kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle (pod readiness)
#include "ai-ops/diagnosis/condition.h"
#include "ai-ops/diagnosis/failing_probe.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rollout.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kGateTime = 5min;  // that a load balancer may take to register a pod

bool tell_not_ready(Case& c, const Workload& workload, const Container& container) {
  bool runs = static_cast<bool>(container.status["state"]["running"]);
  if (!runs || container.status["ready"].boolean_or(true) || !had_its_time(container, c.now())) return false;
  if (container.role == Container::Role::init) return false;
  Draft& draft = c.symptom(workload, "not-ready", "runs but is not ready");
  draft.container = container.name;
  draft.may_come_from_a_dependency = true;
  draft.cite(container.pod, container.status_path + ".ready");
  return true;
}

bool tell_gated(Case& c, const Workload& workload, const ObjectView& pod) {
  auto ready = condition_of(pod, "Ready");
  if (!ready || ready->status() != "False" || pod.condition("ContainersReady")["status"].text() != "True") return false;
  if (pod.spec()["readinessGates"].array().empty() || !ready->has_held(c.now(), kGateTime)) return false;
  Draft& draft = c.symptom(workload, "not-ready", "its containers are ready, its readiness gate is not");
  draft.detail = quote(ready->message());
  draft.cite(pod, ready->path + ".status");
  draft.cite(pod, ready->path + ".message");
  draft.cite(pod, "spec.readinessGates");
  return true;
}

void tell_first(Case& c, const Workload& workload) {
  for (const ObjectView& pod : workload.pods) {
    if (tell_gated(c, workload, pod)) return;
    for (const Container& container : containers_of(pod))
      if (tell_not_ready(c, workload, container)) return;
  }
}

}  // namespace

void find_not_ready(Case& c) {
  for (const Workload& workload : c.cluster().workloads())
    if (!c.has_symptom(workload.ref) && !is_rolling_out(workload.object)) tell_first(c, workload);
}

}  // namespace ai_ops::diagnosis
