// What a fault of a node can bring about in a pod that stands on it. Pure.
#pragma once
#include <string_view>

#include "ai-ops/diagnosis/draft.h"

namespace ai_ops::diagnosis {

// `of_node`: a fault of the node's (fault.h), or the condition that it reports ("DiskPressure"). Whether it can bring
// about the symptom, of whichever pod.
bool may_bring_about(std::string_view of_node, std::string_view symptom);

// The same of one symptom of a workload that has a pod on the node: the symptom is that of such a pod, and the logs and
// messages do not speak of something else.
bool is_effect_on(const Case& c, std::string_view of_node, std::string_view node, const Workload& workload,
                  const Draft& symptom);

}  // namespace ai_ops::diagnosis
