#include "ai-ops/agents/turn.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "ai-ops/agents/sentences.h"
#include "ai-ops/agents/turn_state.h"
#include "ai-ops/diagnosis/quote.h"

namespace ai_ops::agents {
namespace {

using diagnosis::ObjectRef;
using foundation::kubernetes::Snapshot;
using reader::Intent;

constexpr std::size_t kMaxSubjects = 5;
constexpr int kKeptSteps = 2;  // for the sentence that says so, and Finish

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_answer_to(const Step& step, const Happened& happened) {
  if (std::holds_alternative<FetchSnapshot>(step)) return std::holds_alternative<SnapshotFetched>(happened);
  if (std::holds_alternative<FetchLogs>(step)) return std::holds_alternative<LogsFetched>(happened);
  if (std::holds_alternative<CallTool>(step)) return std::holds_alternative<ToolAnswered>(happened);
  if (std::holds_alternative<RequestOperation>(step)) return std::holds_alternative<OperationAnswered>(happened);
  if (std::holds_alternative<AskModel>(step)) return std::holds_alternative<ModelAnswered>(happened);
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
  for (const reader::OperationWanted& command : input.commands) add_subject(reader::target_of(command.arguments));
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
  read();
}

void Turn::State::add_subject(const ObjectRef& target) {
  bool is_known = std::ranges::any_of(
      subjects, [&](const ObjectRef& s) { return s.name == target.name && s.namespace_name == target.namespace_name; });
  if (!is_known && subjects.size() < kMaxSubjects) subjects.push_back(target);
}

// A model is asked only where the reader abstains.
void Turn::State::read() {
  auto follow_up = reader::read_follow_up(input.message, input.recent, *snapshot);
  reading = follow_up ? std::move(*follow_up) : reader::read(input.message, *snapshot);
  bool is_unread = reading.intent == Intent::unknown && reading.missing.empty();
  if (is_unread && may_ask()) return ask_for_a_plan();
  act();
}

void Turn::State::act() {
  for (const ObjectRef& target : reading.targets) add_subject(target);
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
      own_words = fmt::format("I did not understand that, so I did nothing. Ask for example: {}", kExamples);
      return model_failed ? tell_in_own_words(kNoAnswer) : say_and_finish(own_words);
  }
}

Step Turn::State::next() {
  require(!queue.empty());
  bool is_work = !std::holds_alternative<Say>(queue.front()) && !std::holds_alternative<Finish>(queue.front());
  if (is_work && steps + kKeptSteps >= input.budget.steps) {
    bool asks_model = std::holds_alternative<AskModel>(queue.front());
    queue.clear();
    if (asks_model && asked_for == Purpose::narrate) say(own_words);
    say_and_finish("I stop here: this needs more steps than one question may take. What is told above holds.");
  }
  ++steps;
  last = std::move(queue.front());
  queue.pop_front();
  return *last;
}

About Turn::about() const { return {state_->reading.intent, state_->subjects, state_->snapshot}; }

Turn::Turn(TurnInput input) : state_(std::make_unique<State>(std::move(input))) {}
Turn::~Turn() = default;

Step Turn::resume(Happened happened) {
  bool is_start = !state_->last && std::holds_alternative<Started>(happened);
  require(is_start || (state_->last && is_answer_to(*state_->last, happened)));
  std::visit([this](auto&& what) { state_->on(std::move(what)); }, std::move(happened));
  return state_->next();
}

}  // namespace ai_ops::agents
