#include "ai-ops/diagnosis/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "ai-ops/diagnosis/verify.h"

namespace ai_ops::diagnosis {
namespace {

using std::chrono::steady_clock;

std::string failure_of(Case& c, const Rule& rule) {
  try {
    rule.find(c);
    return {};
  } catch (const std::exception& e) {
    c.take_back_rule();
    return e.what();
  } catch (...) {
    c.take_back_rule();
    return "threw what is no exception";
  }
}

// What the rule added, to drafts of its own or of others: evidence that does not stand is struck out.
std::string strike_false_evidence(Case& c) {
  std::size_t struck = 0;
  for (std::size_t i = 0; i < c.drafts().size(); ++i) {
    if (c.drafts()[i].verified == c.drafts()[i].evidence.size()) continue;
    Draft& draft = c.at(i);
    auto added = draft.evidence.begin() + static_cast<std::ptrdiff_t>(std::min(draft.verified, draft.evidence.size()));
    auto false_ones = std::ranges::remove_if(added, draft.evidence.end(),
                                             [&](const Evidence& e) { return !stands(c, draft.object, e); });
    struck += false_ones.size();
    draft.evidence.erase(false_ones.begin(), false_ones.end());
    draft.verified = draft.evidence.size();
  }
  return struck == 0 ? std::string() : fmt::format("{} pieces of its evidence do not stand and were struck", struck);
}

}  // namespace

std::vector<RuleRun> run_rules(Case& c, std::span<const Rule> rules, foundation::SteadyTime until) {
  std::vector<RuleRun> runs;
  for (const Rule& rule : rules) {
    if (!rule.needs.empty() && !c.cluster().sees(rule.needs)) continue;
    auto start = steady_clock::now();
    if (start >= until) {
      runs.push_back({rule.name, {}, "there was no time left for it"});
      continue;
    }
    c.begin_rule(std::min<foundation::SteadyTime>(start + kRuleTime, until));
    RuleRun run{rule.name, {}, failure_of(c, rule)};
    c.begin_rule(foundation::SteadyTime::max());
    if (run.failure.empty()) run.failure = strike_false_evidence(c);
    run.took = steady_clock::now() - start;
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace ai_ops::diagnosis
