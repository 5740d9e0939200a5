// What a turn reads to answer a question: logs for the diagnosis, or one tool.
#include <fmt/format.h>

#include <utility>

#include "ai-ops/agents/analysis_answers.h"
#include "ai-ops/agents/findings_about.h"
#include "ai-ops/agents/sentences.h"
#include "ai-ops/agents/status_answers.h"
#include "ai-ops/agents/turn_state.h"
#include "ai-ops/diagnosis/quote.h"

namespace ai_ops::agents {

using diagnosis::ObjectRef;
using reader::Intent;

// The analysis is of the whole workspace, whatever was asked: causes may lie elsewhere.
void Turn::State::plan_findings() {
  for (ObjectRef& subject : subjects) subject = diagnosis::workload_behind(*cluster, subject);
  auto wanted = diagnosis::logs_wanted(*cluster, subjects.size() == 1 ? subjects.front() : ObjectRef{});
  if (wanted.empty()) return on(LogsFetched{});
  queue.emplace_back(FetchLogs{std::move(wanted)});
}

// Nothing may be called well for want of time to look.
std::vector<diagnosis::Finding> Turn::State::examine(std::vector<diagnosis::LogExcerpt> logs) {
  auto seen = diagnosis::examine({&*cluster, std::move(logs), now, input.budget.diagnosis_time});
  if (!seen.skipped.empty())
    say(fmt::format("I could not look at everything, something may be missing: {} did not end.",
                    counted(static_cast<std::int64_t>(seen.skipped.size()), "check")));
  return std::move(seen.findings);
}

void Turn::State::on(LogsFetched fetched) {
  auto told = findings_about(examine(std::move(fetched.logs)), subjects, reading.project);
  std::string answer =
      subjects.empty() ? overview_answer(*cluster, told, reading.project) : diagnose_answer(*cluster, told, subjects);
  tell(std::move(told), std::move(answer));
}

void Turn::State::plan_status() {
  if (subjects.empty()) return say_and_finish(list_answer(*cluster, reading.kind, reading.project));
  say_and_finish(status_answer(*cluster, subjects, examine({})));
}

void Turn::State::plan_tool() {
  ObjectRef subject = subjects.empty() ? ObjectRef{} : subjects.front();
  if (reading.intent == Intent::logs && subject.name.empty())
    return say_and_finish("Whose logs? Ask for example: logs of checkout");
  if (reading.intent == Intent::events || subject.kind != "Pod")
    subject = subject.kind == "Pod" ? subject : diagnosis::workload_behind(*cluster, subject);
  subjects.assign(1, subject);
  tool = reading.intent == Intent::events ? events_wanted(subject, reading.project)
                                          : logs_wanted_of(*cluster, subject, now);
  if (!tool.missing.empty()) return say_and_finish(sentence(tool.missing));
  call_tool();
}

void Turn::State::call_tool() {
  if (tool_calls >= input.budget.tool_calls) return say_and_finish("I may not read more for one question.");
  ++tool_calls;
  queue.emplace_back(CallTool{fmt::format("t{}", tool_calls), tool.tool, tool.arguments});
}

void Turn::State::on(ToolAnswered answered) {
  bool is_logs = reading.intent == Intent::logs;
  if (!answered.result) {
    std::string what = is_logs ? fmt::format("the logs of {}", tool.about) : "the events";
    return say_and_finish(
        sentence(fmt::format("I could not read {}: {}", what, diagnosis::quote(answered.result.error().text()))));
  }
  say_and_finish(is_logs ? logs_answer(tool.about, *answered.result)
                         : events_answer(*cluster, subjects.front(), *answered.result, now));
}

}  // namespace ai_ops::agents
