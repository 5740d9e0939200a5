// What a turn asks a model, and what it does without an answer.
#include <utility>

#include "ai-ops/agents/analysis_answers.h"
#include "ai-ops/agents/turn_state.h"

namespace ai_ops::agents {
namespace {

constexpr std::string_view kDidNotHold = "What the model said is not in the evidence; this is from the analysis alone.";

}  // namespace

void Turn::State::ask(prompts::Prompt prompt, Purpose purpose) {
  ++model_calls;
  asked_for = purpose;
  queue.emplace_back(AskModel{std::move(prompt), purpose});
}

void Turn::State::ask_for_a_plan() {
  choices = choices_for(input.message, *snapshot, input.recent.subjects);
  choices.history = input.history;
  auto prompt = plan_prompt(choices, *input.model);
  if (!prompt) return act();  // it does not fit: as if there were no model
  ask(*std::move(prompt), Purpose::plan);
}

void Turn::State::on(ModelAnswered answered) {
  asked_for == Purpose::plan ? take_plan(answered.reply) : take_narration(answered.reply);
}

void Turn::State::take_plan(const foundation::Result<prompts::Reply>& reply) {
  auto plan = reply ? plan_of(*reply, choices) : std::nullopt;
  model_failed = !plan;
  if (plan) reading = *std::move(plan);
  act();
}

// Findings first; then a model's words about them, or their own.
void Turn::State::tell(std::vector<diagnosis::Finding> told, std::string answer) {
  own_words = std::move(answer);
  findings = std::move(told);
  if (findings.empty()) return say_and_finish(own_words);
  queue.emplace_back(ShowFindings{findings});
  if (!may_ask()) return say_and_finish(own_words);
  facts = facts_of(*cluster, findings);
  ask_for_a_narration({});
}

void Turn::State::ask_for_a_narration(const std::vector<std::string>& not_there) {
  auto prompt = narration_prompt(input.message, facts, *input.model, not_there);
  if (!prompt) return say_and_finish(own_words);
  ++narrations;
  ask(*std::move(prompt), Purpose::narrate);
}

void Turn::State::take_narration(const foundation::Result<prompts::Reply>& reply) {
  bool is_answer = reply && !reply->text.empty() && reply->text.size() <= kMaxNarrationBytes;
  if (!is_answer) return tell_in_own_words(kNoAnswer);
  Narration narration = narration_of(reply->text, *cluster, findings, facts);
  if (narration.text.empty()) {
    if (narrations < kNarrationTries && may_ask()) return ask_for_a_narration(narration.not_there);
    return tell_in_own_words(kDidNotHold);
  }
  std::string others = other_problems(*cluster, findings, narration.told);
  say(std::move(narration.text));
  if (!others.empty()) say(std::move(others));
  queue.emplace_back(Finish{});
}

void Turn::State::tell_in_own_words(std::string_view why) {
  say(own_words);
  say_and_finish(std::string(why));
}

}  // namespace ai_ops::agents
