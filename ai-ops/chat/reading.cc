#include "ai-ops/chat/reading.h"

#include <utility>

#include "foundation/json/view.h"

namespace ai_ops::chat {

using foundation::Error;
using foundation::SteadyTime;
namespace json = foundation::json;

SteadyTime end_of_thinking(SteadyTime start, SteadyTime deadline) {
  if (deadline == SteadyTime::max()) return deadline;
  return start + (deadline - start) * kThinkingPercent / 100;
}

Error for_user(const Error& error) { return {error.code, error.cause.empty() ? error.doing : error.cause, {}}; }

json::Object log_arguments(const diagnosis::LogWanted& wanted) {
  json::Object out{{"project", wanted.project}, {"pod", wanted.pod}, {"tail_lines", kDiagnosisLogLines}};
  if (!wanted.container.empty()) out["container"] = wanted.container;
  if (wanted.previous) out["previous"] = true;
  return out;
}

diagnosis::LogExcerpt log_excerpt(diagnosis::LogWanted wanted, const json::Value& answered) {
  diagnosis::LogExcerpt log{.of = std::move(wanted), .lines = {}};
  for (const auto& line : json::View(answered)["lines"].array())
    log.lines.emplace_back(std::string(json::View(line).text()));
  return log;
}

}  // namespace ai_ops::chat
