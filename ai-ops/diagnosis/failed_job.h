// Jobs that gave up, and that no later run of what made them has made good. Pure.
#pragma once
#include <optional>
#include <vector>

#include "ai-ops/diagnosis/condition.h"
#include "ai-ops/diagnosis/container.h"

namespace ai_ops::diagnosis {

struct FailedJob {
  ObjectView job;
  const Workload* workload = nullptr;  // its CronJob, or itself
  Condition condition;                 // Failed
  std::optional<Container> died = {};  // of the last pod that failed, what ended badly; none: the pod is gone
};

std::vector<FailedJob> failed_jobs(const Cluster& cluster);

}  // namespace ai_ops::diagnosis
