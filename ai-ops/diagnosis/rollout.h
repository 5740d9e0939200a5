// How far a Deployment's rollout is, by its own conditions.
#pragma once
#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

// Pods are being replaced or added, and the progress deadline has not passed: not being ready is to be expected.
bool is_rolling_out(const ObjectView& deployment);
bool is_over_deadline(const ObjectView& deployment);

}  // namespace ai_ops::diagnosis
