// What a message is read as: by the built-in reader, by a model where that abstains (as in ai-ops/agents/turn.cc), and
// by the control plane, which runs at once what it reads as a command.
#pragma once
#include "foundation/json/value.h"
#include "tests/eval/asking.h"

namespace eval {

// {"message", "history": [{"message", "intent", "subjects", "mentioned", "done"}], "objects": ["Kind/project/name=3"]}
// -> {"intent", "targets", "kind", "project", "operations": [{"operation", "arguments"}], "missing", "by", "commands"}
// `model` may be null.
Result<foundation::json::Value> plan(const foundation::json::Value& line, Asker* model);

}  // namespace eval
