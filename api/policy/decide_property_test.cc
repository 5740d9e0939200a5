// Laws of decide() over random cases, and its agreement with a second, tiny specification of the same rules.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "api/policy/case.h"
#include "api/policy/random_cases.h"
#include "api/policy/specification.h"

namespace api::policy {
namespace {

using namespace tenancy;

constexpr int kSpecifiedCases = 1'000'000;
constexpr int kWholeCases = 5'000;  // of the whole of decide(), hashing included
constexpr int kCasesPerSeed = 10;   // times 100 seeds of each property

// What an approval of this very change carries, where nothing is hashed.
std::string of_this(const DecisionInput&) { return "sha256:of-this"; }

// The rights and the order of the rules, which are all that the effect depends on; the hash, a constant here, is
// compared and no more. bench-rights runs the whole of decide() a hundred times as often.
TEST(DecideSpecification, AgreesOnAMillionRandomCases) {
  RandomCases cases(20260101, &of_this);
  std::vector<int> decided(rules().size());  // by the rule
  for (int i = 0; i < kSpecifiedCases; ++i) {
    const DecisionInput& in = cases.next();
    const Rule& rule = first_rule(facts_of(weigh(in, of_this(in))));
    bool is_this = in.approval && in.approval->op_hash != RandomCases::kOther;
    ASSERT_EQ(rule.effect, specification::effect_of(in, is_this, cases.commanded())) << rule.name << ", case " << i;
    ++decided[static_cast<std::size_t>(&rule - rules().data())];
  }
  for (std::size_t i = 0; i < rules().size(); ++i)
    if (rules()[i].name != "default" && rules()[i].name != "well-formed")  // the cases are of changes that can be made
      EXPECT_GT(decided[i], 500) << rules()[i].name << ": the cases do not reach what matters";
}

TEST(DecideSpecification, AgreesWithTheWholeOfDecide) {
  RandomCases cases(20260102);
  for (int i = 0; i < kWholeCases; ++i) {
    const DecisionInput& in = cases.next();
    bool is_this = in.approval && in.approval->op_hash != RandomCases::kOther;
    Decision decision = decide(in);
    ASSERT_EQ(decision.effect, specification::effect_of(in, is_this, cases.commanded())) << decision.rule;
    ASSERT_EQ(decision.authorized.has_value(), decision.effect == Effect::allow);
  }
}

// deny < needs_approval < allow
int strength(const DecisionInput& in) {
  Effect effect = decide(in).effect;
  return effect == Effect::allow ? 2 : effect == Effect::needs_approval ? 1 : 0;
}

// A deny that reaches the change: of a role that names its permission, in all of the workspace or in its project.
RoleBinding deny_of(RandomCases& cases, const DecisionInput& in, const UserName& subject) {
  RoleBinding out{"", subject, {RoleName("no"), {in.operation->permission}}, {in.organization, in.workspace, {}}};
  if (cases.below(2) == 0) out.scope.project = ProjectName(in.plan.target.namespace_name);
  out.effect = BindingEffect::deny;
  return out;
}

TEST(DecideLaws, WhatNoRuleAllowsIsDenied) {
  EXPECT_EQ(first_rule(Facts{}).effect, Effect::deny);
  EXPECT_EQ(rules().back().effect, Effect::deny);
  EXPECT_TRUE(rules().back().decides(Facts{}));
  EXPECT_EQ(decide(DecisionInput{}).effect, Effect::deny);
}

RC_GTEST_PROP(DecideLaws, WithoutABindingEverythingIsDenied, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    in.bindings.clear();
    RC_ASSERT(strength(in) == 0);
  }
}

RC_GTEST_PROP(DecideLaws, ADenyBeatsEveryAllow, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    in.bindings.insert(in.bindings.begin() + cases.below(static_cast<int>(in.bindings.size()) + 1),
                       deny_of(cases, in, in.user));
    RC_ASSERT(strength(in) == 0);
  }
}

RC_GTEST_PROP(DecideLaws, ADenyOfTheApproverBeatsEveryAllowOfTheirs, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    in.approval = cases.approval(in);
    in.approval->bindings.push_back(deny_of(cases, in, in.approval->approver));
    RC_ASSERT(strength(in) == 0);
  }
}

RC_GTEST_PROP(DecideLaws, AddingADenyNeverGivesMore, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    int before = strength(in);
    RoleBinding any = cases.binding();
    any.effect = BindingEffect::deny;
    if (in.approval && cases.below(2) == 0) {
      any.subject = in.approval->approver;
      in.approval->bindings.push_back(any);
    } else {
      in.bindings.push_back(any);
    }
    RC_ASSERT(strength(in) <= before);
  }
}

RC_GTEST_PROP(DecideLaws, AllowMeansAMatchingCommandOrApprovalAndProof, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    Decision decision = decide(in);
    bool allowed = decision.effect == Effect::allow;
    RC_ASSERT(decision.authorized.has_value() == allowed);
    RC_ASSERT(decision.command.has_value() == (allowed && !in.approval));
    if (!allowed) continue;
    if (in.approval) {
      RC_ASSERT(in.approval->op_hash == decision.op_hash);
    } else {
      RC_ASSERT(*decision.command < in.commands.size());
      RC_ASSERT(in.commands[*decision.command].arguments == in.arguments);
    }
    RC_ASSERT(decision.authorized->op_hash() == decision.op_hash);
    RC_ASSERT(decision.authorized->plan().target == in.plan.target);
    RC_ASSERT(&decision.authorized->operation() == in.operation);
  }
}

// An allow, that is; a deny that goes gives back what it took.
RC_GTEST_PROP(DecideLaws, LosingABindingNeverGivesMore, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    std::erase_if(in.bindings, [](const RoleBinding& b) { return b.denies(); });
    int before = strength(in);
    if (in.bindings.empty()) {
      RC_ASSERT(before == 0);
      continue;
    }
    in.bindings.erase(in.bindings.begin() + cases.below(static_cast<int>(in.bindings.size())));
    RC_ASSERT(strength(in) <= before);
  }
}

RC_GTEST_PROP(DecideLaws, TheOrderOfBindingsDoesNotMatter, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    Decision before = decide(in);
    std::ranges::shuffle(in.bindings, cases.generator());
    Decision after = decide(in);
    RC_ASSERT(before.effect == after.effect);
    RC_ASSERT(before.reason.text == after.reason.text);
    RC_ASSERT(before.op_hash == after.op_hash);
  }
}

RC_GTEST_PROP(DecideLaws, ACeilingOnlyCuts, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    in.ceiling = Ceiling{};
    int uncut = strength(in);
    in.ceiling.at_most = cases.permissions();
    int cut = strength(in);
    RC_ASSERT(cut == uncut || cut == 0);
    in.ceiling.at_most.clear();
    RC_ASSERT(strength(in) == 0);
  }
}

RC_GTEST_PROP(DecideLaws, WithoutACommandAndWithoutAnApprovalNothingRuns, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    in.commands.clear();
    in.approval.reset();
    RC_ASSERT(strength(in) < 2);
  }
}

RC_GTEST_PROP(DecideLaws, AnApprovalNeverHelpsAProposerWithoutRights, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    in.approval.reset();
    bool denied = strength(in) == 0;
    in.approval = cases.approval(in);
    if (denied) RC_ASSERT(strength(in) == 0);
  }
}

RC_GTEST_PROP(DecideLaws, AnApprovalBySomeoneWithoutRightsNeverAllows, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    in.approval = cases.approval(in);
    const std::string who = in.approval->approver.str();
    std::erase_if(in.approval->bindings, [&](const RoleBinding& b) {
      return b.subject.str() == who && b.scope.workspace.str() == "shop" && !(b.role == Role::viewer);
    });
    RC_ASSERT(strength(in) == 0);
    in.approval->ceiling.at_most.clear();
    RC_ASSERT(strength(in) == 0);
  }
}

RC_GTEST_PROP(DecideLaws, AnApprovalOfAnotherChangeNeverAllows, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    in.approval = cases.approval(in);
    in.plan.target.uid = "uid-2";
    RC_ASSERT(strength(in) == 0);
  }
}

RC_GTEST_PROP(DecideLaws, LosingAnApproversBindingNeverGivesMore, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    in.approval = cases.approval(in);
    std::erase_if(in.approval->bindings, [](const RoleBinding& b) { return b.denies(); });
    if (in.approval->bindings.empty()) continue;
    int before = strength(in);
    in.approval->bindings.erase(in.approval->bindings.begin() +
                                cases.below(static_cast<int>(in.approval->bindings.size())));
    RC_ASSERT(strength(in) <= before);
  }
}

RC_GTEST_PROP(DecideLaws, UnattendedNeverGivesMore, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
    in.approval = cases.approval(in);
    in.approval->unattended = false;
    int before = strength(in);
    in.approval->unattended = true;
    RC_ASSERT(strength(in) <= before);
    if (in.plan.risk == Risk::high) RC_ASSERT(strength(in) == 0);
  }
}

}  // namespace
}  // namespace api::policy
