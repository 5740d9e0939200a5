// Findings in plain words: what is wrong, why, or that nothing is and what was checked.
#pragma once
#include <string>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"
#include "ai-ops/diagnosis/finding.h"

namespace ai_ops::agents {

// `project` empty: all.
std::string overview_answer(const diagnosis::Cluster& cluster, const std::vector<diagnosis::Finding>& findings,
                            std::string_view project);
std::string diagnose_answer(const diagnosis::Cluster& cluster, const std::vector<diagnosis::Finding>& findings,
                            const std::vector<diagnosis::ObjectRef>& subjects);
// "cart 1/1 ready: calls checkout, which is not ready (because of checkout)"
std::string problem_line(const diagnosis::Cluster& cluster, const std::vector<diagnosis::Finding>& findings,
                         const diagnosis::Finding& finding);
// A line for each problem but those of `told`; empty when there is none.
std::string other_problems(const diagnosis::Cluster& cluster, const std::vector<diagnosis::Finding>& findings,
                           const std::vector<diagnosis::ObjectRef>& told);
// "checkout 0/3 ready"
std::string name_and_readiness(const diagnosis::Cluster& cluster, const diagnosis::ObjectRef& object);

}  // namespace ai_ops::agents
