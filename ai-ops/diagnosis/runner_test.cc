#include "ai-ops/diagnosis/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_cluster.h"

namespace ai_ops::diagnosis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const ObjectRef kWeb{"Deployment", "shop", "web", {}};

class Runner : public testing::Test {
 protected:
  // "Deployment/web crash: dies" after the rules have run.
  std::vector<std::string> after(std::vector<Rule> rules) {
    runs_ = run_rules(case_, rules, until_);
    std::vector<std::string> out;
    for (const Draft& draft : case_.drafts()) {
      out.push_back(fmt::format("{} {}: {}", draft.object.text(), draft.fault, draft.headline));
      for (std::size_t cause : draft.causes) out.back() += fmt::format(" <- {}", cause);
    }
    return out;
  }
  std::vector<std::string> failures() const {
    std::vector<std::string> out;
    for (const RuleRun& run : runs_) out.push_back(fmt::format("{}: {}", run.rule, run.failure));
    return out;
  }

  sample::Cluster objects_ = std::move(sample::Cluster().deployment("web").event("e1", "web-5d9c-0", "BackOff", "why"));
  Cluster cluster_{objects_.snapshot()};
  std::vector<LogExcerpt> logs_{{{"shop", "web-5d9c-0", "app", true}, {"first", "last"}}};
  Case case_{cluster_, logs_, sample::kNow};
  foundation::SteadyTime until_ = foundation::SteadyTime::max();
  std::vector<RuleRun> runs_;
};

ObjectView web(const Case& c) { return *c.cluster().snapshot().find("Deployment", "shop", "web"); }

void find_crash(Case& c) { c.symptom(kWeb, "crash", Severity::critical, "dies").cite(web(c), "spec.replicas"); }
void find_cause(Case& c) {
  c.cause(kWeb, "disk-full", "its disk is full").cite(web(c), "metadata.name");
  c.link(0, c.last_index());
}

// Everything that a rule can do to a case, before it fails.
void meddle(Case& c) {
  c.symptom(kWeb, "slow", Severity::critical, "half done");
  c.cause(kWeb, "network-delay", "half done");
  c.link(0, c.last_index());
  c.at(0).fault = "dependency-down";
  c.at(0).headline = "meddled with";
  c.at(0).cite(web(c), "metadata.namespace");
}
void throw_after_meddling(Case& c) {
  meddle(c);
  throw std::runtime_error("out of luck");
}
void throw_an_int(Case& c) {
  meddle(c);
  throw 7;
}
void overrun(Case& c) {
  c.begin_rule(std::chrono::steady_clock::now() - std::chrono::seconds(1));
  meddle(c);
  while (true) c.cluster();
}

TEST_F(Runner, RunsRulesInTheirOrderAndTimesThem) {
  EXPECT_THAT(after({{"crashes", find_crash}, {"causes", find_cause}}),
              ElementsAre("Deployment/web crash: dies <- 1", "Deployment/web disk-full: its disk is full"));
  EXPECT_THAT(failures(), ElementsAre("crashes: ", "causes: "));
  for (const RuleRun& run : runs_) EXPECT_GT(run.took.count(), 0) << run.rule;
}

TEST_F(Runner, RulesForWhichNoTimeIsLeftAreReported) {
  until_ = std::chrono::steady_clock::now();
  EXPECT_THAT(after({{"crashes", find_crash}, {"causes", find_cause}}), IsEmpty());
  EXPECT_THAT(failures(),
              ElementsAre("crashes: there was no time left for it", "causes: there was no time left for it"));
}

TEST_F(Runner, LeavesOutARuleThatHasNothingToLookAt) {
  EXPECT_THAT(after({{"crashes", find_crash, "Service"}, {"more", find_crash, "Deployment"}}),
              ElementsAre("Deployment/web crash: dies"));
  EXPECT_THAT(failures(), ElementsAre("more: "));
}

TEST_F(Runner, ARuleThatFailsTakesNothingFromTheOthers) {
  struct Row {
    void (*rule)(Case&);
    std::string_view failure;
  };
  for (const Row& row : {Row{throw_after_meddling, "out of luck"}, Row{throw_an_int, "threw what is no exception"},
                         Row{overrun, "ran out of its time"}}) {
    Case fresh(cluster_, logs_, sample::kNow);
    std::vector<Rule> rules{{"crashes", find_crash}, {"bad", row.rule}, {"causes", find_cause}};
    auto runs = run_rules(fresh, rules, until_);
    ASSERT_EQ(runs.size(), 3u);
    EXPECT_EQ(runs[0].failure, "");
    EXPECT_THAT(runs[1].failure, HasSubstr(std::string(row.failure)));
    EXPECT_EQ(runs[2].failure, "");
    ASSERT_EQ(fresh.drafts().size(), 2u) << row.failure;
    EXPECT_EQ(fresh.drafts()[1].fault, "disk-full");
    EXPECT_THAT(fresh.symptoms_of(kWeb), ElementsAre(0u));
    EXPECT_THAT(fresh.drafts()[0].causes, ElementsAre(1u));
  }
}

TEST_F(Runner, WhatAFailedRuleDidToOthersDraftsIsTakenBackToo) {
  for (auto bad : {throw_after_meddling, throw_an_int, overrun}) {
    Case fresh(cluster_, logs_, sample::kNow);
    std::vector<Rule> rules{{"crashes", find_crash}, {"bad", bad}};
    run_rules(fresh, rules, until_);
    const Draft& draft = fresh.drafts()[0];
    EXPECT_EQ(draft.fault, "crash");
    EXPECT_EQ(draft.headline, "dies");
    EXPECT_THAT(draft.causes, IsEmpty());
    EXPECT_EQ(draft.evidence.size(), 1u);
  }
}

void lie(Case& c) {
  Draft& draft = c.symptom(kWeb, "crash", Severity::critical, "dies");
  draft.cite(web(c), "spec.replicas");
  draft.cite(Evidence{"", EvidenceKind::field, "Deployment/web spec.replicas", "7"});  // a second of that reference
  draft.evidence.push_back({"", EvidenceKind::field, "Deployment/web spec.replicas", "7"});
  draft.evidence.push_back({"", EvidenceKind::event, "Event e1", "BackOff: because"});
  draft.evidence.push_back({"", EvidenceKind::log, "log web-5d9c-0/app previous line 3", "gone"});
}

TEST_F(Runner, EvidenceThatDoesNotStandIsStruckAndReported) {
  after({{"liar", lie}, {"causes", find_cause}});
  ASSERT_EQ(case_.drafts().size(), 2u);
  ASSERT_EQ(case_.drafts()[0].evidence.size(), 1u);
  EXPECT_EQ(case_.drafts()[0].evidence[0].text, "1");
  EXPECT_THAT(failures(), ElementsAre("liar: 3 pieces of its evidence do not stand and were struck", "causes: "));
}

void lie_only(Case& c) {
  c.symptom(kWeb, "slow", Severity::critical, "as they say").cite({"", EvidenceKind::event, "Event e9", "Slow: very"});
}

// It raises nothing, and what it stood between is linked without it.
TEST_F(Runner, AFindingWhoseEvidenceWasAllStruckIsNotSaid) {
  after({{"crashes", find_crash}, {"liar", lie_only}, {"causes", find_cause}});
  case_.at(0).severity = Severity::warning;
  case_.at(0).causes = {1};
  case_.link(1, 2);
  auto said = conclude(std::move(case_).take());
  ASSERT_EQ(said.size(), 2u);
  EXPECT_EQ(said[0].fault, "disk-full");
  EXPECT_EQ(said[0].severity, Severity::warning);
  EXPECT_EQ(said[1].fault, "crash");
  EXPECT_THAT(said[1].causes, ElementsAre(said[0].id));
}

void lie_about_another(Case& c) { c.at(0).evidence.push_back({"", EvidenceKind::event, "Event e2", "BackOff: never"}); }

TEST_F(Runner, AFalseAdditionToAnothersDraftIsItsAuthors) {
  after({{"crashes", find_crash}, {"liar", lie_about_another}, {"causes", find_cause}});
  EXPECT_EQ(case_.drafts()[0].evidence.size(), 1u);
  EXPECT_THAT(failures(),
              ElementsAre("crashes: ", "liar: 1 pieces of its evidence do not stand and were struck", "causes: "));
}

TEST_F(Runner, ARuleMayLookAsOftenAsItsTimeAllows) {
  for (int i = 0; i < 1000; ++i) case_.cluster();
  case_.begin_rule(std::chrono::steady_clock::now() + std::chrono::hours(1));
  for (int i = 0; i < 1000; ++i) case_.cluster();
  case_.begin_rule(std::chrono::steady_clock::now() - std::chrono::seconds(1));
  EXPECT_THROW(for (std::size_t i = 0; i < kLooksPerClock; ++i) case_.cluster(), OverBudget);
}

}  // namespace
}  // namespace ai_ops::diagnosis
