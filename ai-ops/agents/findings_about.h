// Which of the findings are about what somebody asks for. Pure.
#pragma once
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/diagnose.h"

namespace ai_ops::agents {

// Those about the subjects, or without subjects those of the project, and whatever causes them, in the order of `all`.
// Without either: all.
std::vector<diagnosis::Finding> findings_about(std::vector<diagnosis::Finding> all,
                                               const std::vector<diagnosis::ObjectRef>& subjects,
                                               std::string_view project);

}  // namespace ai_ops::agents
