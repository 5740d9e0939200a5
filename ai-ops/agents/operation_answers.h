// What the control plane answered to a requested operation, in a sentence.
#pragma once
#include <string>

#include "ai-ops/reader/reader.h"
#include "foundation/json/value.h"

namespace ai_ops::agents {

// "scale web to 5 replicas"
std::string operation_words(const reader::OperationWanted& wanted);
// status 0: no answer came.
std::string operation_answer(const reader::OperationWanted& wanted, int status, const foundation::json::Value& body);
// It was not requested, since what should come before it on the same object did not go through.
std::string skipped_answer(const reader::OperationWanted& wanted);
// "shop/Deployment/web": operations on the same one depend on each other.
std::string operation_target(const reader::OperationWanted& wanted);

}  // namespace ai_ops::agents
