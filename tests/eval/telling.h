// What a model tells of findings, and what the grounding check leaves of it; as ai-ops/agents/turn_model.cc does it.
#pragma once
#include "foundation/json/value.h"
#include "tests/eval/asking.h"

namespace eval {

// {"cluster": one of clusters.h, "question", "answer"?: what a scripted model says}
// -> {"tries": [{"answer", "statements": [{"text", "holds", "ungrounded"}]}], "shown", "error"?}
// `model` is asked when there is no answer.
Result<foundation::json::Value> tell(const foundation::json::Value& line, Asker* model);
// The facts of each cluster, as a model reads them: {"cluster", "facts": [...]}
foundation::json::Array all_facts();

}  // namespace eval
