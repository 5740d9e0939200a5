// Laws of decide() over random cases, and its agreement with a second, tiny specification of the same rules.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "api/operations/scale.h"
#include "api/policy/decide.h"

namespace api::policy {
namespace {

using namespace tenancy;
namespace json = foundation::json;

// Times 100 seeds of each property.
constexpr int kSpecifiedCases = 200;
constexpr int kCasesPerSeed = 10;

json::Object scale_arguments(const std::string& project, const std::string& name, std::int64_t replicas) {
  return {{"project", project}, {"kind", "Deployment"}, {"name", name}, {"replicas", replicas}};
}

operations::Plan scale_plan(const json::Object& arguments, Risk risk) {
  operations::Plan plan;
  plan.target = operations::target_of(arguments);
  plan.target.uid = "uid-1";
  plan.patch = {{"spec", {{"replicas", arguments.at("replicas")}}}};
  plan.risk = risk;
  return plan;
}

// Draws from a small universe, so that names meet often, and mostly yes, so that all conditions meet often enough.
class RandomCases {
 public:
  explicit RandomCases(std::uint64_t seed) : random_(seed) {}

  // decide() borrows the operation: it lives as long as this.
  DecisionInput next() {
    operation_ = operations::kScale;
    operation_.permission = mostly() ? Permission::workloads_scale : any(all_permissions());
    DecisionInput in;
    in.operation = &operation_;
    in.user = UserName("erin");
    in.user_active = mostly();
    in.organization = OrganizationName("demo");
    in.workspace = WorkspaceName("shop");
    for (int i = below(5); i > 0; --i) in.bindings.push_back(binding());
    if (!mostly()) in.ceiling.at_most = permissions();
    for (RiskRule* rule : {&in.policy.low, &in.policy.medium, &in.policy.high}) {
      if (!mostly()) rule->runs_on_command = !rule->runs_on_command;
      if (!mostly()) rule->proposer_may_approve = !rule->proposer_may_approve;
    }
    in.policy.allow_unattended_approval = mostly();
    in.turn_kind = mostly() ? TurnKind::chat : TurnKind::read;
    in.turn = "turn-1";
    in.arguments = scale_arguments(mostly() ? "shop" : "blog", "web", below(3));
    for (int i = below(3); i > 0; --i) in.commands.push_back(command(in));
    in.plan = scale_plan(in.arguments, any(std::set{Risk::low, Risk::medium, Risk::high}));
    if (below(2) == 0) in.approval = approval(in);
    return in;
  }

  Approval approval(const DecisionInput& in) {
    Approval out;
    out.approver = UserName(below(2) == 0 ? "erin" : "ada");
    out.approver_active = mostly();
    for (int i = 1 + below(4); i > 0; --i) out.bindings.push_back(binding(out.approver.str()));
    if (!mostly()) out.ceiling.at_most = permissions();
    out.op_hash = mostly() ? decide(in).op_hash : "sha256:of-another";
    out.unattended = !mostly();
    return out;
  }

  RoleBinding binding(const std::string& subject = "erin") {
    RoleBinding out;
    out.subject = UserName(mostly() ? subject : "vic");
    out.role = any(std::set{Role::viewer, Role::editor, Role::admin});
    out.scope.organization = OrganizationName(mostly() ? "demo" : "globex");
    out.scope.workspace = WorkspaceName(mostly() ? "shop" : "lab");
    if (mostly()) out.scope.project = ProjectName(mostly() ? "shop" : "blog");
    return out;
  }

  Permissions permissions() {
    Permissions out;
    for (Permission permission : all_permissions())
      if (mostly()) out.insert(permission);
    return out;
  }

  int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  std::mt19937_64& generator() { return random_; }

 private:
  bool mostly() { return below(8) != 0; }

  template <class T>
  T any(const std::set<T>& from) {
    return *std::next(from.begin(), below(static_cast<int>(from.size())));
  }

  operations::Command command(const DecisionInput& in) {
    bool same = below(3) != 0;
    return {.operation = &operation_, .arguments = same ? in.arguments : scale_arguments("shop", "web", below(3))};
  }

  std::mt19937_64 random_;
  operations::Operation operation_ = operations::kScale;
};

// ---- the second specification: what each role may do, and one expression for each answer ----

const std::map<std::string, std::set<std::string>> kMay{
    {"viewer", {"objects.read", "events.read", "logs.read"}},
    {"editor",
     {"objects.read", "events.read", "logs.read", "workloads.scale", "workloads.restart", "approvals.decide"}},
    {"admin",
     {"objects.read", "events.read", "logs.read", "workloads.scale", "workloads.restart", "approvals.decide",
      "audit.read", "members.manage"}}};

bool may(const std::vector<RoleBinding>& bindings, const Ceiling& ceiling, const std::string& who,
         const std::string& project, Permission permission) {
  bool bound = std::ranges::any_of(bindings, [&](const RoleBinding& b) {
    bool own = b.subject.str() == who && b.scope.organization.str() == "demo" && b.scope.workspace.str() == "shop";
    bool here = !b.scope.project || b.scope.project->str() == project;
    return own && here && kMay.at(std::string(to_string(b.role))).contains(std::string(to_string(permission)));
  });
  return bound && ceiling.at_most.contains(permission);
}

Effect specified(const DecisionInput& in) {
  const std::string& project = in.plan.target.namespace_name;
  const Permission needed = in.operation->permission;
  const RiskRule& rule = in.plan.risk == Risk::low      ? in.policy.low
                         : in.plan.risk == Risk::medium ? in.policy.medium
                                                        : in.policy.high;
  bool may_propose =
      in.turn_kind == TurnKind::chat && in.user_active && may(in.bindings, in.ceiling, "erin", project, needed);
  if (!may_propose) return Effect::deny;
  if (in.approval) {
    const Approval& by = *in.approval;
    bool shown = by.op_hash != "sha256:of-another";
    bool permitted = may(by.bindings, by.ceiling, by.approver.str(), project, needed) &&
                     may(by.bindings, by.ceiling, by.approver.str(), project, Permission::approvals_decide);
    bool attended = !by.unattended || (in.policy.allow_unattended_approval && in.plan.risk != Risk::high);
    if (!(shown && by.approver_active && permitted && attended)) return Effect::deny;
    return by.approver.str() == "ada" || rule.proposer_may_approve ? Effect::allow : Effect::needs_approval;
  }
  bool commanded = std::ranges::any_of(in.commands, [&](const operations::Command& c) {
    return json::to_text(c.arguments) == json::to_text(in.arguments);
  });
  return commanded && rule.runs_on_command ? Effect::allow : Effect::needs_approval;
}

// deny < needs_approval < allow
int strength(const DecisionInput& in) {
  Effect effect = decide(in).effect;
  return effect == Effect::allow ? 2 : effect == Effect::needs_approval ? 1 : 0;
}

RC_GTEST_PROP(DecideLaws, AgreesWithTheSecondSpecification, (std::uint64_t seed)) {
  RandomCases cases(seed);
  int commanded = 0, approved = 0;
  for (int i = 0; i < kSpecifiedCases; ++i) {
    DecisionInput in = cases.next();
    Decision decision = decide(in);
    RC_ASSERT(decision.effect == specified(in));
    if (decision.effect == Effect::allow) ++(in.approval ? approved : commanded);
  }
  RC_ASSERT(commanded > 0 && approved > 0);  // the cases reach the answers that matter
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

RC_GTEST_PROP(DecideLaws, LosingABindingNeverGivesMore, (std::uint64_t seed)) {
  RandomCases cases(seed);
  for (int i = 0; i < kCasesPerSeed; ++i) {
    DecisionInput in = cases.next();
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
      return b.subject.str() == who && b.scope.workspace.str() == "shop" && b.role != Role::viewer;
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
