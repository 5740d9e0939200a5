// For tests: looks up every piece of evidence by its reference, by other means than those that wrote it.
#pragma once
#include <string>
#include <vector>

#include "ai-ops/diagnosis/diagnose.h"

namespace ai_ops::diagnosis {

// Empty when every reference leads to something that says what the evidence says; else what is wrong.
std::string false_evidence(const std::vector<Finding>& findings, const Material& material);

}  // namespace ai_ops::diagnosis
