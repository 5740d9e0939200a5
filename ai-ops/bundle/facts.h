// A cluster's object as the engine may see it: what configuration values say becomes typed facts, by the platform's own
// redaction (foundation/redaction); a Secret keeps the names of its keys. All else stays, unlike in what
// leaves the control plane: whoever has the bundle may see nodes, labels and taints. Pure.
#pragma once
#include "foundation/json/value.h"

namespace ai_ops::bundle {

namespace json = foundation::json;

// Doing it twice changes nothing.
void keep_facts_only(json::Object& object);

}  // namespace ai_ops::bundle
