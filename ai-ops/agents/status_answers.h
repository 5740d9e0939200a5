// What an object is like now, from the snapshot.
#pragma once
#include <string>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"
#include "ai-ops/diagnosis/finding.h"

namespace ai_ops::agents {

std::string status_answer(const diagnosis::Cluster& cluster, const std::vector<diagnosis::ObjectRef>& subjects,
                          const std::vector<diagnosis::Finding>& findings);
// `kind` empty: all workloads; `project` empty: all.
std::string list_answer(const diagnosis::Cluster& cluster, std::string_view kind, std::string_view project);

}  // namespace ai_ops::agents
