// A pod that its node evicted. Symptom: a Failed pod with the reason Evicted. It is told while it is fresh, or while
// its workload has fewer ready pods than it wants; an evicted pod that was replaced long ago is a record, not a fault.
// Evidence: the pod's reason and message. Cause: the node's pressure, where it still lasts.
// Source: kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction.
#include <chrono>

#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kFresh = 15min;

// The last thing that happened to the pod.
std::optional<WallTime> ended_at(const ObjectView& pod) {
  std::optional<WallTime> last;
  for (const json::Value& condition : pod.status()["conditions"].array())
    if (auto at = time_of(json::View(condition)["lastTransitionTime"]); at && (!last || *at > *last)) last = at;
  return last ? last : time_of(pod.status()["startTime"]);
}

bool still_matters(const Case& c, const ObjectView& pod, const Workload& workload) {
  Readiness readiness = readiness_of(workload);
  if (readiness.ready < readiness.desired) return true;
  auto at = ended_at(pod);
  return at && c.now() - *at < kFresh;
}

void tell(Case& c, const ObjectView& pod, const Workload& workload) {
  Draft& draft = c.symptom(workload, "evicted", "its pod was evicted");
  std::size_t index = c.last_index();
  draft.detail = quote(pod.status()["message"].text());
  draft.cite(pod, "status.reason");
  draft.cite(pod, "status.message");
  ObjectRef node{"Node", "", std::string(pod.spec()["nodeName"].text()), {}};
  for (std::size_t cause : c.symptoms_of(node)) c.link(index, cause);
}

}  // namespace

void find_evictions(Case& c) {
  for (const ObjectView& pod : c.cluster().snapshot().of_kind("Pod")) {
    if (pod.status()["phase"].text() != "Failed" || pod.status()["reason"].text() != "Evicted") continue;
    const Workload* workload = c.cluster().workload_of(pod);
    if (workload == nullptr || c.found(workload->ref, "evicted") || !still_matters(c, pod, *workload)) continue;
    tell(c, pod, *workload);
  }
}

}  // namespace ai_ops::diagnosis
