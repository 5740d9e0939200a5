// What a Deployment says of itself when its pods say nothing more telling: pods that cannot be made, a rollout that ran
// out of time, replicas that stay away.
#include <array>

#include "ai-ops/diagnosis/condition.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rollout.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kUnavailableFor = 60s;  // shorter gaps are how pods are replaced

struct Telling {
  std::string_view type;
  std::string_view status;
  std::string_view reason;  // empty: any
  std::string_view fault;
  std::string_view headline;
  bool during_rollout;  // told even while the rollout is within its deadline
};
constexpr std::array kTellings{
    Telling{"ReplicaFailure", "True", "", "pods-cannot-be-created", "its pods cannot be created", true},
    Telling{"Progressing", "False", "ProgressDeadlineExceeded", "rollout-stuck", "its rollout does not progress", true},
    Telling{"Available", "False", "", "replicas-unavailable", "too few of its replicas are available", false},
};

// One that does not say since when may be.
bool is_new(const Condition& condition, WallTime now) {
  return !time_of(condition.view["lastTransitionTime"]) || !condition.has_held(now, kUnavailableFor);
}

bool tell(Case& c, const Workload& workload, const Telling& row) {
  auto condition = condition_of(workload.object, row.type);
  if (!condition || condition->status() != row.status) return false;
  if (!row.reason.empty() && condition->reason() != row.reason) return false;
  bool may_pass = is_rolling_out(workload.object) || is_new(*condition, c.now());
  if (!row.during_rollout && may_pass) return false;
  Draft& draft = c.symptom(workload, row.fault, std::string(row.headline));
  draft.detail = quote(condition->message().empty() ? condition->reason() : condition->message());
  draft.cite(workload.object, condition->path + ".reason");
  draft.cite(workload.object, condition->path + ".message");
  draft.cite(workload.object, "status.unavailableReplicas");
  return true;
}

}  // namespace

void find_not_progressing(Case& c) {
  for (const Workload& workload : c.cluster().workloads()) {
    bool is_meant_to_run = workload.object.spec()["replicas"].integer_or(1) > 0;
    if (workload.ref.kind != "Deployment" || !is_meant_to_run || c.has_symptom(workload.ref)) continue;
    for (const Telling& row : kTellings)
      if (tell(c, workload, row)) break;
  }
}

}  // namespace ai_ops::diagnosis
