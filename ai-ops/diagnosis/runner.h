// Runs the rules: each is timed, gated by what the snapshot has, kept apart from the others, and its evidence is looked
// up again before it counts. A rule that throws, overruns its time or states what does not stand is reported; the rest
// go on.
#pragma once
#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/draft.h"

namespace ai_ops::diagnosis {

inline constexpr foundation::Milliseconds kRuleTime{2'000};  // of 10,000 objects a rule takes some 5 ms

struct Rule {
  std::string_view name;
  void (*find)(Case&);
  std::string_view needs = {};  // a kind without which there is nothing to look at; empty: it always runs
};

struct RuleRun {
  std::string_view rule;
  std::chrono::nanoseconds took{};
  std::string failure;  // empty: none; else what was wrong, and nothing of the rule counts unless it says otherwise
};

// Those that were run, in order. What has not begun by `until` fails for want of time.
std::vector<RuleRun> run_rules(Case& c, std::span<const Rule> rules, foundation::SteadyTime until);

}  // namespace ai_ops::diagnosis
