// What a Deployment says of itself when its pods say nothing more telling: pods that cannot be made, a rollout that ran
// out of time, replicas that stay away.
#include <fmt/format.h>

#include <algorithm>
#include <array>

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

bool is_new(json::View condition, WallTime now) {
  auto since = time_of(condition["lastTransitionTime"]);
  return !since || now - *since < kUnavailableFor;
}

bool tell(Case& c, const Workload& workload, const Telling& row) {
  const json::Array& conditions = workload.object.status()["conditions"].array();
  auto found = std::ranges::find_if(conditions, [&](const json::Value& value) {
    json::View condition(value);
    return condition["type"].text() == row.type && condition["status"].text() == row.status &&
           (row.reason.empty() || condition["reason"].text() == row.reason);
  });
  if (found == conditions.end()) return false;
  json::View condition(*found);
  if (!row.during_rollout && (is_rolling_out(workload.object) || is_new(condition, c.now()))) return false;
  Draft& draft = c.symptom(workload, row.fault, std::string(row.headline));
  draft.detail = quote(condition["message"].text(condition["reason"].text()));
  std::string path = fmt::format("status.conditions[{}]", found - conditions.begin());
  draft.cite(workload.object, path + ".reason");
  draft.cite(workload.object, path + ".message");
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
