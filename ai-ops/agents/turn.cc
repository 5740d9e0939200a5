#include "ai-ops/agents/turn.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <optional>
#include <set>
#include <utility>

#include "ai-ops/agents/analysis_answers.h"
#include "ai-ops/agents/operation_answers.h"
#include "ai-ops/agents/sentences.h"
#include "ai-ops/agents/status_answers.h"
#include "ai-ops/agents/tool_answers.h"
#include "ai-ops/diagnosis/quote.h"

namespace ai_ops::agents {
namespace {

using diagnosis::ObjectRef;
using foundation::kubernetes::Snapshot;
using reader::Intent;

constexpr std::size_t kMaxSubjects = 5;
constexpr int kKeptSteps = 2;  // for the sentence that says so, and Finish

constexpr std::string_view kExamples =
    "what is wrong?  -  why is checkout failing?  -  logs of checkout  -  scale web to 5";

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_answer_to(const Step& step, const Happened& happened) {
  if (std::holds_alternative<FetchSnapshot>(step)) return std::holds_alternative<SnapshotFetched>(happened);
  if (std::holds_alternative<FetchLogs>(step)) return std::holds_alternative<LogsFetched>(happened);
  if (std::holds_alternative<CallTool>(step)) return std::holds_alternative<ToolAnswered>(happened);
  if (std::holds_alternative<RequestOperation>(step)) return std::holds_alternative<OperationAnswered>(happened);
  if (std::holds_alternative<Finish>(step)) return false;
  return std::holds_alternative<Shown>(happened);
}

std::string help_text() {
  return fmt::format(
      "I look at your workspace, say what is wrong and why, and ask the control plane for changes in your name.\n"
      "Ask for example: {}",
      kExamples);
}

}  // namespace

struct Turn::State {
  explicit State(TurnInput given) : input(std::move(given)) {}

  TurnInput input;
  std::deque<Step> queue;  // what is decided already; never empty before Finish
  std::optional<Step> last;
  int steps = 0;
  bool has_said = false;

  std::shared_ptr<const Snapshot> snapshot;
  std::optional<diagnosis::Cluster> cluster;  // borrows the snapshot
  foundation::WallTime now{};
  reader::Reading reading;
  std::vector<ObjectRef> subjects;
  ToolWanted tool;
  int tool_calls = 0;
  std::vector<reader::OperationWanted> operations;
  std::size_t next_operation = 0;
  std::set<std::string> held_up;  // targets of operations that did not go through

  void on(Started);
  void on(Shown) {}
  void on(SnapshotFetched fetched);
  void on(LogsFetched fetched);
  void on(ToolAnswered answered);
  void on(OperationAnswered answered);

  Step next();
  void say(std::string text);
  void say_and_finish(std::string text);
  void read_and_plan();
  void plan_findings();
  std::vector<diagnosis::Finding> findings_asked_for(std::vector<diagnosis::Finding> all) const;
  void plan_status();
  void plan_tool();
  void call_tool();
  void start_operations(std::vector<reader::OperationWanted> wanted);
  void request_next_operation();
  void show_agent();
};

void Turn::State::say(std::string text) {
  queue.emplace_back(Say{(has_said ? "\n" : "") + std::move(text)});
  has_said = true;
}

void Turn::State::say_and_finish(std::string text) {
  say(std::move(text));
  queue.emplace_back(Finish{});
}

void Turn::State::show_agent() {
  const Specialist* specialist = choose(reading);
  queue.emplace_back(ShowAgent{std::string(specialist->name), std::string(specialist->purpose)});
}

// What the user commanded needs no look at the cluster: the control plane has read it and will look itself.
void Turn::State::on(Started) {
  if (input.commands.empty()) {
    queue.emplace_back(FetchSnapshot{});
    return;
  }
  reading.intent = Intent::operate;
  show_agent();
  start_operations(std::move(input.commands));
}

void Turn::State::on(SnapshotFetched fetched) {
  if (!fetched.snapshot || !*fetched.snapshot) {
    std::string why = fetched.snapshot ? "the control plane sent nothing" : fetched.snapshot.error().text();
    reading = reader::read(input.message, Snapshot());
    if (reading.intent == Intent::help) return say_and_finish(help_text());
    return say_and_finish(sentence(fmt::format("I could not read your workspace: {}", diagnosis::quote(why))) +
                          " Nothing was changed. Please try again.");
  }
  snapshot = *std::move(fetched.snapshot);
  now = fetched.now;
  cluster.emplace(*snapshot);
  read_and_plan();
}

void Turn::State::read_and_plan() {
  reading = reader::read(input.message, *snapshot);
  for (const ObjectRef& target : reading.targets) {
    bool is_known = std::ranges::any_of(subjects, [&](const ObjectRef& s) {
      return s.name == target.name && s.namespace_name == target.namespace_name;
    });
    if (!is_known && subjects.size() < kMaxSubjects) subjects.push_back(target);
  }
  show_agent();
  if (!reading.missing.empty()) {
    bool is_change = reading.intent == Intent::operate;
    return say_and_finish(sentence(diagnosis::quote(reading.missing)) + (is_change ? " Nothing was changed." : ""));
  }
  switch (reading.intent) {
    case Intent::overview:
    case Intent::diagnose: return plan_findings();
    case Intent::status: return plan_status();
    case Intent::events:
    case Intent::logs: return plan_tool();
    case Intent::operate: return start_operations(std::move(reading.operations));
    case Intent::help: return say_and_finish(help_text());
    case Intent::unknown:
      return say_and_finish(fmt::format("I did not understand that, so I did nothing. Ask for example: {}", kExamples));
  }
}

// The analysis is of the whole workspace, whatever was asked: causes may lie elsewhere.
void Turn::State::plan_findings() {
  for (ObjectRef& subject : subjects) subject = diagnosis::workload_behind(*snapshot, subject);
  auto wanted = diagnosis::logs_wanted(*snapshot, subjects.size() == 1 ? subjects.front() : ObjectRef{});
  if (wanted.empty()) return on(LogsFetched{});
  queue.emplace_back(FetchLogs{std::move(wanted)});
}

std::vector<diagnosis::Finding> Turn::State::findings_asked_for(std::vector<diagnosis::Finding> all) const {
  if (subjects.empty() && reading.project.empty()) return all;
  std::vector<ObjectRef> asked = subjects;
  for (const diagnosis::Finding& finding : all)
    if (subjects.empty() && finding.object.namespace_name == reading.project) asked.push_back(finding.object);
  std::set<std::string> wanted;
  for (const ObjectRef& object : asked)
    for (const diagnosis::Finding& finding : diagnosis::about(all, object)) wanted.insert(finding.id);
  std::erase_if(all, [&](const diagnosis::Finding& finding) { return !wanted.contains(finding.id); });
  return all;
}

void Turn::State::on(LogsFetched fetched) {
  auto told = findings_asked_for(diagnosis::diagnose({snapshot.get(), std::move(fetched.logs), now}));
  std::string answer =
      subjects.empty() ? overview_answer(*cluster, told, reading.project) : diagnose_answer(*cluster, told, subjects);
  if (!told.empty()) queue.emplace_back(ShowFindings{std::move(told)});
  say_and_finish(std::move(answer));
}

void Turn::State::plan_status() {
  if (subjects.empty()) return say_and_finish(list_answer(*cluster, reading.kind, reading.project));
  say_and_finish(status_answer(*cluster, subjects, diagnosis::diagnose({snapshot.get(), {}, now})));
}

void Turn::State::plan_tool() {
  ObjectRef subject = subjects.empty() ? ObjectRef{} : subjects.front();
  if (reading.intent == Intent::logs && subject.name.empty())
    return say_and_finish("Whose logs? Ask for example: logs of checkout");
  if (reading.intent == Intent::events || subject.kind != "Pod")
    subject = subject.kind == "Pod" ? subject : diagnosis::workload_behind(*snapshot, subject);
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

void Turn::State::start_operations(std::vector<reader::OperationWanted> wanted) {
  operations = std::move(wanted);
  request_next_operation();
}

void Turn::State::request_next_operation() {
  for (; next_operation < operations.size(); ++next_operation) {
    const reader::OperationWanted& wanted = operations[next_operation];
    if (std::cmp_greater_equal(next_operation, input.budget.operations)) {
      say(fmt::format("I have not asked for the rest: {} operations are the most for one message.",
                      input.budget.operations));
      break;
    }
    if (held_up.contains(operation_target(wanted))) {
      say(skipped_answer(wanted));
      continue;
    }
    queue.emplace_back(RequestOperation{fmt::format("o{}", next_operation + 1), wanted.operation, wanted.arguments});
    return;
  }
  queue.emplace_back(Finish{});
}

void Turn::State::on(OperationAnswered answered) {
  const reader::OperationWanted& wanted = operations[next_operation];
  if (answered.status != 200) held_up.insert(operation_target(wanted));
  say(operation_answer(wanted, answered.status, answered.body));
  ++next_operation;
  request_next_operation();
}

Step Turn::State::next() {
  require(!queue.empty());
  bool is_work = !std::holds_alternative<Say>(queue.front()) && !std::holds_alternative<Finish>(queue.front());
  if (is_work && steps + kKeptSteps >= input.budget.steps) {
    queue.clear();
    say_and_finish("I stop here: this needs more steps than one question may take. What is told above holds.");
  }
  ++steps;
  last = std::move(queue.front());
  queue.pop_front();
  return *last;
}

Turn::Turn(TurnInput input) : state_(std::make_unique<State>(std::move(input))) {}
Turn::~Turn() = default;

Step Turn::resume(Happened happened) {
  bool is_start = !state_->last && std::holds_alternative<Started>(happened);
  require(is_start || (state_->last && is_answer_to(*state_->last, happened)));
  std::visit([this](auto&& what) { state_->on(std::move(what)); }, std::move(happened));
  return state_->next();
}

}  // namespace ai_ops::agents
