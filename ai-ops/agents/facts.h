// What findings say, as numbered facts: what a model may tell, and what its words are compared with. Pure.
#pragma once
#include <vector>

#include "ai-ops/diagnosis/cluster.h"
#include "ai-ops/diagnosis/finding.h"
#include "ai-ops/grounding/grounding.h"

namespace ai_ops::agents {

inline constexpr std::size_t kMaxFacts = 60;

// The findings, most severe first, then their evidence. Each piece of evidence is about the object where it was found
// (of a pod, about its workload), also where the finding is another's. Words of logs and events are `quoted`.
std::vector<grounding::Fact> facts_of(const diagnosis::Cluster& cluster,
                                      const std::vector<diagnosis::Finding>& findings);

}  // namespace ai_ops::agents
