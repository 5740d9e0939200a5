// A container that runs, is not ready, and has no readiness probe that could tell why (one that fails is told by
// rule_probes.cc). One that may still be starting is left alone.
//
// Fault     not-ready
// Evidence  status.containerStatuses[].ready
#include "ai-ops/diagnosis/failing_probe.h"
#include "ai-ops/diagnosis/rollout.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

bool tell_not_ready(Case& c, const Workload& workload, const Container& container) {
  bool runs = static_cast<bool>(container.status["state"]["running"]);
  if (!runs || container.status["ready"].boolean_or(true) || !had_its_time(container, c.now())) return false;
  if (!container.status_path.starts_with("status.containerStatuses")) return false;
  Draft& draft = c.symptom(workload, "not-ready", "runs but is not ready");
  draft.container = container.name;
  draft.may_come_from_a_dependency = true;
  draft.cite(container.pod, container.status_path + ".ready");
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
    if (!c.has_symptom(workload.ref) && !is_rolling_out(workload.object)) tell_first(c, workload);
}

}  // namespace ai_ops::diagnosis
