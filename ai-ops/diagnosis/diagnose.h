// diagnose(material) -> findings: pure, on redacted data, and deterministic as long as no rule runs out of its time.
// The caller first asks which logs the engine would read, fetches them, and passes them in. The Cluster is built once
// for all that is asked of one snapshot.
#pragma once
#include <string>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"
#include "ai-ops/diagnosis/finding.h"
#include "ai-ops/diagnosis/log_excerpt.h"
#include "foundation/base/clock.h"

namespace ai_ops::diagnosis {

// Of all rules together; a rule that comes later is skipped. The daemon answers others on the thread that diagnoses.
inline constexpr foundation::Milliseconds kOfflineTime{60'000};
inline constexpr foundation::Milliseconds kDaemonTime{1'500};

struct Material {
  const Cluster* cluster = nullptr;
  std::vector<LogExcerpt> logs;
  foundation::WallTime now{};
  foundation::Milliseconds time = kDaemonTime;
};

inline constexpr std::size_t kMaxLogsWanted = 8;  // for an answer that somebody waits for

// One per workload that crashes, then the last pods of failed Jobs, then those of workloads that call a Service without
// a ready pod (what they log is the only evidence that they suffer); at most `most`. `only` limits to one workload or
// pod (empty name: all of its namespace; neither: all).
std::vector<LogWanted> logs_wanted(const Cluster& cluster, const ObjectRef& only = {},
                                   std::size_t most = kMaxLogsWanted);

struct Diagnosis {
  // Ordered: critical first, causes before what they cause, the surer before the less sure, then by name. A healthy
  // snapshot gives none.
  std::vector<Finding> findings;
  std::vector<std::string> skipped;  // rules that failed, and why
};
Diagnosis examine(const Material& material);
std::vector<Finding> diagnose(const Material& material);  // the findings alone

// Those about `object`, its pods, and whatever causes them (transitively).
std::vector<Finding> about(const std::vector<Finding>& findings, const ObjectRef& object);

// What a person means by the object: a pod's owner, the workload behind a Service; the object itself when there is
// none.
ObjectRef workload_behind(const Cluster& cluster, const ObjectRef& object);

}  // namespace ai_ops::diagnosis
