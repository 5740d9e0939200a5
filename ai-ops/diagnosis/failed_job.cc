#include "ai-ops/diagnosis/failed_job.h"

#include <algorithm>
#include <map>
#include <utility>

namespace ai_ops::diagnosis {
namespace {

std::optional<WallTime> created(const ObjectView& object) { return time_of(object.metadata()["creationTimestamp"]); }

// When the newest Job of each that succeeded was made.
std::map<const Workload*, WallTime> last_successes(const Cluster& cluster) {
  std::map<const Workload*, WallTime> out;
  for (const ObjectView& job : cluster.snapshot().of_kind("Job")) {
    auto made = created(job);
    const Workload* workload = cluster.workload_of(job);
    if (!made || workload == nullptr || job.condition("Complete")["status"].text() != "True") continue;
    auto [at, is_first] = out.try_emplace(workload, *made);
    if (!is_first) at->second = std::max(at->second, *made);
  }
  return out;
}

using PodsByJob = std::map<std::pair<std::string_view, std::string>, ObjectView>;  // namespace, name of the Job

PodsByJob last_failed_pods(const Cluster& cluster) {
  PodsByJob out;
  for (const ObjectView& pod : cluster.snapshot().of_kind("Pod")) {
    auto owner = pod.controller();
    if (!owner || owner->kind != "Job" || pod.status()["phase"].text() != "Failed") continue;
    auto [at, is_first] = out.try_emplace({pod.namespace_name(), owner->name}, pod);
    if (!is_first && created(pod) > created(at->second)) at->second = pod;
  }
  return out;
}

std::optional<Container> died_of(const ObjectView& pod) {
  for (const Container& container : containers_of(pod))
    if (container.status["state"]["terminated"]["exitCode"].integer_or(0) != 0) return container;
  return std::nullopt;
}

}  // namespace

std::vector<FailedJob> failed_jobs(const Cluster& cluster) {
  std::vector<FailedJob> out;
  auto successes = last_successes(cluster);
  auto pods = last_failed_pods(cluster);
  for (const ObjectView& job : cluster.snapshot().of_kind("Job")) {
    auto condition = condition_of(job, "Failed");
    const Workload* workload = cluster.workload_of(job);
    if (!condition || condition->status() != "True" || workload == nullptr) continue;
    auto success = successes.find(workload);
    if (success != successes.end() && success->second > created(job)) continue;
    FailedJob failed{job, workload, *condition};
    if (auto pod = pods.find({job.namespace_name(), std::string(job.name())}); pod != pods.end())
      failed.died = died_of(pod->second);
    out.push_back(std::move(failed));
  }
  return out;
}

}  // namespace ai_ops::diagnosis
