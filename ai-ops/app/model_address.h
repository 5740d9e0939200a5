// Whether a model server stands on our own ground. Prompts hold what users and their clusters say: without
// --model-external they go nowhere else. Pure.
#pragma once
#include <string_view>

#include "foundation/base/error.h"

namespace ai_ops::app {

// This machine, the cluster (*.svc, *.svc.cluster.local), or a private network: its address, a name without a dot, or
// one below a domain that is kept for private use.
bool is_on_our_ground(std::string_view host);

// A base URL that prompts may be sent to: http or https on our own ground; beyond it, where that is allowed, https.
foundation::Done check_model_url(std::string_view url, bool external_allowed);

}  // namespace ai_ops::app
