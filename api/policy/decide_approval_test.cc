// decide() on what somebody signed off; and that each rule decides something.
#include <map>

#include "api/policy/decide_lab.h"

namespace api::policy {
namespace {

void by_the_proposer(DecisionInput& in) {
  in.approval->approver = in.user;
  in.approval->bindings = in.bindings;
}

void at_risk(DecisionInput& in, Risk risk) {
  in.plan.risk = risk;
  in.approval->op_hash = decide(in).op_hash;  // what was shown names the risk
}

struct ApprovalRow {
  const char* name;
  void (*spoil)(DecisionInput&);
  const char* answer;
  const char* rule;
};

constexpr ApprovalRow kApprovalRows[] = {
    {"as it is", [](DecisionInput&) {}, "allow approved", "approved"},
    {"by the proposer", by_the_proposer, "allow approved", "approved"},
    {"by the proposer, of medium risk",
     [](DecisionInput& in) {
       by_the_proposer(in);
       at_risk(in, Risk::medium);
     },
     "allow approved", "approved"},
    {"by the proposer, of high risk",
     [](DecisionInput& in) {
       by_the_proposer(in);
       at_risk(in, Risk::high);
     },
     "needs_approval other_person_needed", "another-person"},
    {"of high risk", [](DecisionInput& in) { at_risk(in, Risk::high); }, "allow approved", "approved"},
    {"by the proposer, where the policy trusts nobody alone",
     [](DecisionInput& in) {
       by_the_proposer(in);
       in.policy.low = ApprovalRule::two_person;
     },
     "needs_approval other_person_needed", "another-person"},
    {"by the proposer, of high risk where the policy trusts one",
     [](DecisionInput& in) {
       by_the_proposer(in);
       at_risk(in, Risk::high);
       in.policy.high = ApprovalRule::approve;
     },
     "allow approved", "approved"},
    {"whether such commands run is another question", [](DecisionInput& in) { in.policy.low = ApprovalRule::approve; },
     "allow approved", "approved"},
    {"of a risk that is never taken", [](DecisionInput& in) { in.policy.low = ApprovalRule::never; },
     "deny risk_forbidden", "risk-allowed"},
    {"of a risk that is never taken, by a viewer: they are told what they lack",
     [](DecisionInput& in) {
       in.policy.low = ApprovalRule::never;
       in.approval->bindings[0].role = Role::viewer;
     },
     "deny missing_permission", "approver-permitted"},
    {"by somebody who is denied to decide",
     [](DecisionInput& in) { in.approval->bindings.push_back(denied("ada", {Permission::approvals_decide})); },
     "deny missing_permission", "approver-permitted"},
    {"by somebody who is denied to do it",
     [](DecisionInput& in) { in.approval->bindings.push_back(denied("ada", {Permission::workloads_scale})); },
     "deny missing_permission", "approver-permitted"},
    {"of somebody who is denied it by now",
     [](DecisionInput& in) { in.bindings.push_back(denied("erin", {Permission::workloads_scale})); },
     "deny proposer_may_not", "not-denied"},
    {"of another change", [](DecisionInput& in) { in.plan.patch["spec"] = {{"replicas", 50}}; }, "deny approval_void",
     "as-approved"},
    {"of what was read otherwise", [](DecisionInput& in) { in.plan.fields_read["/spec/replicas"] = 4; },
     "deny approval_void", "as-approved"},
    {"of another object of that name", [](DecisionInput& in) { in.plan.target.uid = "uid-2"; }, "deny approval_void",
     "as-approved"},
    {"of another turn", [](DecisionInput& in) { in.turn = "0199c0de-0000-7000-8000-000000000002"; },
     "deny approval_void", "as-approved"},
    {"of nothing", [](DecisionInput& in) { in.approval->op_hash.clear(); }, "deny approval_void", "as-approved"},
    {"by a viewer", [](DecisionInput& in) { in.approval->bindings[0].role = Role::viewer; }, "deny missing_permission",
     "approver-permitted"},
    {"by a viewer, of another change: it is not theirs to end",
     [](DecisionInput& in) {
       in.approval->bindings[0].role = Role::viewer;
       in.approval->op_hash.clear();
     },
     "deny missing_permission", "approver-permitted"},
    {"by nobody's rights", [](DecisionInput& in) { in.approval->bindings.clear(); }, "deny missing_permission",
     "approver-permitted"},
    {"by the rights of another person", [](DecisionInput& in) { in.approval->bindings = in.bindings; },
     "deny missing_permission", "approver-permitted"},
    {"by rights in another project",
     [](DecisionInput& in) { in.approval->bindings[0].scope.project = ProjectName("blog"); }, "deny missing_permission",
     "approver-permitted"},
    {"by rights in another workspace",
     [](DecisionInput& in) { in.approval->bindings[0].scope.workspace = WorkspaceName("lab"); },
     "deny missing_permission", "approver-permitted"},
    {"by rights of another organization",
     [](DecisionInput& in) { in.approval->bindings[0].scope.organization = OrganizationName("globex"); },
     "deny missing_permission", "approver-permitted"},
    {"by a credential that may not decide",
     [](DecisionInput& in) { in.approval->ceiling.at_most.erase(Permission::approvals_decide); },
     "deny missing_permission", "approver-permitted"},
    {"by a credential that may not do it",
     [](DecisionInput& in) { in.approval->ceiling.at_most.erase(Permission::workloads_scale); },
     "deny missing_permission", "approver-permitted"},
    {"by somebody inactive", [](DecisionInput& in) { in.approval->approver_active = false; }, "deny user_inactive",
     "approver-active"},
    {"of somebody inactive", [](DecisionInput& in) { in.user_active = false; }, "deny user_inactive", "user-active"},
    {"of a viewer", [](DecisionInput& in) { in.bindings[0].role = Role::viewer; }, "deny proposer_may_not",
     "permission-held"},
    {"of somebody without a role", [](DecisionInput& in) { in.bindings.clear(); }, "deny proposer_may_not",
     "role-in-workspace"},
    {"of somebody without a role there", [](DecisionInput& in) { in.bindings[0].scope.project = ProjectName("blog"); },
     "deny proposer_may_not", "role-in-project"},
    {"of a credential that may not", [](DecisionInput& in) { in.ceiling.at_most = {Permission::objects_read}; },
     "deny proposer_may_not", "within-ceiling"},
    {"of a viewer, by that viewer",
     [](DecisionInput& in) {
       in.bindings[0].role = Role::viewer;
       by_the_proposer(in);
     },
     "deny missing_permission", "permission-held"},
    {"unattended", [](DecisionInput& in) { in.approval->unattended = true; }, "allow approved", "approved"},
    {"unattended, of high risk",
     [](DecisionInput& in) {
       at_risk(in, Risk::high);
       in.approval->unattended = true;
     },
     "deny unattended_forbidden", "attended"},
    {"unattended, of high risk, where the policy trusts one",
     [](DecisionInput& in) {
       by_the_proposer(in);
       at_risk(in, Risk::high);
       in.policy.high = ApprovalRule::approve;
       in.approval->unattended = true;
     },
     "deny unattended_forbidden", "attended"},
    {"unattended, where the policy forbids it",
     [](DecisionInput& in) {
       in.policy.allow_unattended_approval = false;
       in.approval->unattended = true;
     },
     "deny unattended_forbidden", "attended"},
    {"of a turn that may only read", [](DecisionInput& in) { in.turn_kind = TurnKind::read; }, "deny read_turn",
     "turn-may-change"},
};

TEST(DecideApproval, EachRule) {
  for (const ApprovalRow& row : kApprovalRows) {
    DecisionInput in = approved();
    row.spoil(in);
    EXPECT_EQ(answer(in), row.answer) << row.name;
    EXPECT_EQ(decide(in).rule, row.rule) << row.name;
    EXPECT_FALSE(decide(in).command) << row.name;
  }
}

// An approval speaks for one change; the turn's commands are for the turn.
TEST(DecideApproval, NoCommandCountsBesideIt) {
  DecisionInput in = approved();
  in.commands = commanded().commands;
  EXPECT_EQ(answer(in), "allow approved");
  EXPECT_FALSE(decide(in).command) << "it is not used up";
  in.approval->bindings[0].role = Role::viewer;
  EXPECT_EQ(answer(in), "deny missing_permission") << "nor does it help a refused approval";
}

TEST(DecideApproval, SpeaksOfTheOneWhoLacksSomething) {
  DecisionInput in = approved();
  in.bindings[0].role = Role::viewer;
  EXPECT_EQ(decide(in).reason.text, "erin, who asked for this, may not do it any more. Nothing was changed.");
  in = approved();
  in.approval->bindings[0].role = Role::viewer;
  EXPECT_EQ(decide(in).reason.text,
            "You may not approve this in project shop (needs approvals.decide). Nothing was changed.");
  in = approved();
  by_the_proposer(in);
  at_risk(in, Risk::high);
  EXPECT_EQ(decide(in).reason.text, "This change is of high risk: another person than erin must approve it.");
}

TEST(TakeUp, OnlyWhatTheStoredHashNames) {
  DecisionInput in = commanded();
  std::string hash = decide(in).op_hash;
  auto taken = [&](const json::Object& arguments, const std::string& proposer, const std::string& stored) {
    return take_up(*in.operation, arguments, in.plan, "shop", proposer, in.turn, stored).has_value();
  };
  EXPECT_TRUE(taken(in.arguments, "erin", hash));
  EXPECT_FALSE(taken(scale_web(6), "erin", hash));
  EXPECT_FALSE(taken(in.arguments, "ada", hash));
  EXPECT_FALSE(taken(in.arguments, "erin", ""));
}

// Every rule decides something, under its code and with a sentence; a denial names both.
TEST(DecideReasons, EachRuleIsReachedWithItsCodeAndASentence) {
  std::map<std::string, std::string> reached;  // rule -> answer
  auto note = [&](const DecisionInput& in) {
    Decision decision = decide(in);
    EXPECT_FALSE(decision.reason.text.empty()) << decision.rule;
    if (decision.effect == Effect::deny) EXPECT_TRUE(decision.reason.text.ends_with('.')) << decision.rule;
    reached.emplace(decision.rule, fmt::format("{} {}", to_string(decision.effect), decision.reason.code));
  };
  using Spoil = void (*)(DecisionInput&);
  const Spoil spoils[] = {
      [](DecisionInput&) {},
      [](DecisionInput& in) { in.turn.clear(); },
      [](DecisionInput& in) { in.turn_kind = TurnKind::read; },
      [](DecisionInput& in) { in.user_active = false; },
      [](DecisionInput& in) { in.bindings.clear(); },
      [](DecisionInput& in) { in.bindings = {bound(Role::admin, ProjectName("blog"))}; },
      [](DecisionInput& in) { in.bindings = {bound(Role::viewer)}; },
      [](DecisionInput& in) { in.bindings.push_back(denied("erin", {Permission::workloads_scale})); },
      [](DecisionInput& in) { in.ceiling.at_most = {Permission::objects_read}; },
      [](DecisionInput& in) { in.policy.low = ApprovalRule::never; },
      [](DecisionInput& in) { in.policy.low = ApprovalRule::approve; },
      [](DecisionInput& in) { in.commands.clear(); },
  };
  for (auto spoil : spoils) {
    DecisionInput in = commanded();
    spoil(in);
    note(in);
  }
  for (const ApprovalRow& row : kApprovalRows) {
    DecisionInput in = approved();
    row.spoil(in);
    if (decide(in).reason.code != "proposer_may_not") note(in);
  }
  for (const Rule& rule : rules()) {
    if (rule.name == "default") continue;  // for a rule that is yet to be written
    EXPECT_EQ(reached[std::string(rule.name)], fmt::format("{} {}", to_string(rule.effect), rule.code)) << rule.name;
  }
  EXPECT_EQ(reached.size(), rules().size() - 1);
}

}  // namespace
}  // namespace api::policy
