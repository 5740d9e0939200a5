// A Deployment's status: counts and the conditions Available and Progressing, worded as the real controller does. Pure
// but for note_new_set, which writes.
#pragma once
#include "demo-cluster/world/step.h"

namespace demo_cluster::world {

// `current` may be null; `all` are the deployment's sets.
json::Object deployment_status(json::View deployment, const Stored& current, const std::vector<Stored>& all,
                               std::int64_t max_unavailable, bool paused, WallTime now);
// A new rollout has begun: the progress deadline counts from here.
void note_new_set(Step& step, const Stored& deployment, std::string_view set_name);

}  // namespace demo_cluster::world
