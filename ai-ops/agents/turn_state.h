// What a Turn holds between its steps. Only the turn's own files include this.
#pragma once
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/agents/model_plan.h"
#include "ai-ops/agents/narration.h"
#include "ai-ops/agents/tool_answers.h"
#include "ai-ops/agents/turn.h"

namespace ai_ops::agents {

inline constexpr std::string_view kExamples =
    "what is wrong?  -  why is checkout failing?  -  logs of checkout  -  scale web to 5";
inline constexpr std::string_view kNoAnswer = "The model did not answer; this is from the analysis alone.";

struct Turn::State {
  explicit State(TurnInput given) : input(std::move(given)) {}

  TurnInput input;
  std::deque<Step> queue;  // what is decided already; never empty before Finish
  std::optional<Step> last;
  int steps = 0;
  bool has_said = false;

  std::shared_ptr<const foundation::kubernetes::Snapshot> snapshot;
  std::optional<diagnosis::Cluster> cluster;  // borrows the snapshot
  foundation::WallTime now{};
  reader::Reading reading;
  std::vector<diagnosis::ObjectRef> subjects;

  // ---- turn.cc: the machine, and what is to be done
  void on(Started);
  void on(Shown) {}
  void on(SnapshotFetched fetched);
  Step next();
  void say(std::string text);
  void say_and_finish(std::string text);
  void show_agent();
  void add_subject(const diagnosis::ObjectRef& target);
  void read();
  void act();

  // ---- turn_reads.cc: findings, status, events and logs
  ToolWanted tool;
  int tool_calls = 0;
  std::vector<diagnosis::Finding> examine(std::vector<diagnosis::LogExcerpt> logs);
  void on(LogsFetched fetched);
  void on(ToolAnswered answered);
  void plan_findings();
  void plan_status();
  void plan_tool();
  void call_tool();

  // ---- turn_operations.cc: one after the other
  std::vector<reader::OperationWanted> operations;
  std::size_t next_operation = 0;
  std::set<std::string> held_up;  // targets of operations that did not go through
  void on(OperationAnswered answered);
  void start_operations(std::vector<reader::OperationWanted> wanted);
  void request_next_operation();

  // ---- turn_model.cc: what a model is asked, and what is done without its answer
  int model_calls = 0;
  Purpose asked_for = Purpose::plan;  // of the last AskModel
  bool model_failed = false;
  PlanChoices choices;
  std::vector<diagnosis::Finding> findings;  // to narrate
  std::vector<grounding::Fact> facts;
  std::string own_words;  // of the findings
  int narrations = 0;
  void on(ModelAnswered answered);
  bool may_ask() const { return input.model && model_calls < input.budget.model_calls; }
  void ask(prompts::Prompt prompt, Purpose purpose);
  void ask_for_a_plan();
  void tell(std::vector<diagnosis::Finding> told, std::string answer);
  void ask_for_a_narration(const std::vector<std::string>& not_there);
  void take_plan(const foundation::Result<prompts::Reply>& reply);
  void take_narration(const foundation::Result<prompts::Reply>& reply);
  void tell_in_own_words(std::string_view why);
};

}  // namespace ai_ops::agents
