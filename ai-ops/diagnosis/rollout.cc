#include "ai-ops/diagnosis/rollout.h"

namespace ai_ops::diagnosis {

bool is_over_deadline(const ObjectView& deployment) {
  json::View progressing = deployment.condition("Progressing");
  return progressing["status"].text() == "False" && progressing["reason"].text() == "ProgressDeadlineExceeded";
}

// The deployment controller keeps Progressing=True with another reason than NewReplicaSetAvailable while it rolls.
bool is_rolling_out(const ObjectView& deployment) {
  if (deployment.kind() != "Deployment" || is_over_deadline(deployment)) return false;
  if (deployment.status()["observedGeneration"].integer_or(0) < deployment.generation()) return true;
  json::View progressing = deployment.condition("Progressing");
  return progressing["status"].text() == "True" && progressing["reason"].text() != "NewReplicaSetAvailable";
}

}  // namespace ai_ops::diagnosis
