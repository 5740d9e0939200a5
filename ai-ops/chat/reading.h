// How a turn reads: for as long as it may think, and with failures in words for the user.
#pragma once
#include "ai-ops/diagnosis/diagnose.h"
#include "foundation/base/clock.h"
#include "foundation/base/error.h"
#include "foundation/json/value.h"

namespace ai_ops::chat {

// Of the context's time. What is left is for concluding: no read and no operation begins any more.
inline constexpr int kThinkingPercent = 80;
inline constexpr int kDiagnosisLogLines = 50;  // of each log that the diagnosis asks for

foundation::SteadyTime end_of_thinking(foundation::SteadyTime start, foundation::SteadyTime deadline);

// What the user may know of a failure: its cause alone is written for people.
foundation::Error for_user(const foundation::Error& error);

// A log that the diagnosis asks for: the arguments of the tool get_logs, and what it has answered.
foundation::json::Object log_arguments(const diagnosis::LogWanted& wanted);
diagnosis::LogExcerpt log_excerpt(diagnosis::LogWanted wanted, const foundation::json::Value& answered);

}  // namespace ai_ops::chat
