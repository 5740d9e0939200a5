#include "ai-ops/llm/replica_health.h"

#include <algorithm>

namespace ai_ops::llm {

const char* to_string(ReplicaState state) {
  static constexpr const char* kNames[] = {"ready", "loading", "down"};
  return kNames[static_cast<int>(state)];
}

void ReplicaHealth::looked(bool loaded, foundation::SteadyTime began, foundation::SteadyTime now) {
  if (last_failure_ >= began) return;
  alive_ = true;
  loaded_ = loaded;
  cause_.clear();
  due_ = now + times_.every;
}

void ReplicaHealth::failed(std::string cause, foundation::SteadyTime now) {
  bool known = !alive_ && now < due_;  // answers that were on their way fail with the first one: that is one failure
  alive_ = loaded_ = false;
  cause_ = std::move(cause);
  last_failure_ = now;
  if (known) return;
  wait_ = std::clamp(wait_ * 2, times_.first_wait, times_.longest_wait);
  due_ = now + wait_;
}

}  // namespace ai_ops::llm
