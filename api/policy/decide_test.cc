#include "api/policy/decide.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "api/operations/scale.h"

namespace api::policy {
namespace {

using namespace tenancy;
namespace json = foundation::json;

json::Object scale_web(std::int64_t replicas) {
  return {{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}, {"replicas", replicas}};
}

RoleBinding bound(Role role, std::optional<ProjectName> project = ProjectName("shop")) {
  return {.id = "b",
          .subject = UserName("erin"),
          .role = role,
          .scope = {OrganizationName("demo"), WorkspaceName("shop"), std::move(project)}};
}

operations::Plan plan_of(const json::Object& arguments, Risk risk) {
  operations::Plan plan;
  plan.target = operations::target_of(arguments);
  plan.target.uid = "uid-1";
  plan.subresource = "scale";
  plan.fields_read = {{"/spec/replicas", 3}};
  plan.patch = {{"spec", {{"replicas", arguments.at("replicas")}}}};
  plan.risk = risk;
  return plan;
}

// erin, editor of project shop, says "scale web to 5".
DecisionInput commanded() {
  DecisionInput in;
  in.user = UserName("erin");
  in.user_active = true;
  in.organization = OrganizationName("demo");
  in.workspace = WorkspaceName("shop");
  in.bindings = {bound(Role::editor)};
  in.turn_kind = TurnKind::chat;
  in.turn = "0199c0de-0000-7000-8000-000000000001";
  in.operation = &operations::kScale;
  in.arguments = scale_web(5);
  in.commands = {{.operation = &operations::kScale, .arguments = scale_web(5)}};
  in.plan = plan_of(in.arguments, Risk::low);
  return in;
}

std::string answer(const DecisionInput& in) {
  Decision decision = decide(in);
  EXPECT_EQ(decision.authorized.has_value(), decision.effect == Effect::allow);
  EXPECT_FALSE(decision.rule.empty());
  EXPECT_FALSE(decision.reason.text.empty());
  return fmt::format("{} {}", to_string(decision.effect), decision.reason.code);
}

TEST(Decide, DefaultsToDeny) { EXPECT_EQ(answer(DecisionInput{}), "deny invalid_operation"); }

TEST(Decide, ACommandOfOnesOwnRuns) {
  DecisionInput in = commanded();
  Decision decision = decide(in);
  EXPECT_EQ(answer(in), "allow command");
  ASSERT_TRUE(decision.authorized);
  EXPECT_EQ(decision.authorized->plan().target.uid, "uid-1");
  EXPECT_EQ(decision.authorized->op_hash(), decision.op_hash);
  EXPECT_EQ(decision.command, 0u);
}

TEST(Decide, NamesTheCommandThatIsConsumed) {
  DecisionInput in = commanded();
  in.commands = {{&operations::kScale, scale_web(4)}, {nullptr, scale_web(5)}, {&operations::kScale, scale_web(5)}};
  EXPECT_EQ(decide(in).command, 2u);
}

TEST(Decide, AConsumedOrAbsentCommandNeedsApproval) {
  DecisionInput in = commanded();
  in.commands.clear();
  EXPECT_EQ(answer(in), "needs_approval not_a_command");
  EXPECT_FALSE(decide(in).op_hash.empty());
}

TEST(Decide, EveryArgumentMustBeTheCommanded) {
  for (const char* member : {"project", "kind", "name", "replicas"}) {
    DecisionInput in = commanded();
    json::Object& said = in.commands[0].arguments;
    said[member] = member == std::string_view("replicas") ? json::Value(4) : json::Value("other");
    EXPECT_EQ(answer(in), "needs_approval not_a_command") << member;
    in = commanded();
    in.commands[0].arguments.erase(member);
    EXPECT_EQ(answer(in), "needs_approval not_a_command") << member;
  }
  DecisionInput more = commanded();
  more.commands[0].arguments["force"] = true;
  EXPECT_EQ(answer(more), "needs_approval not_a_command");
}

TEST(Decide, ACommandForAnotherOperationDoesNotCount) {
  operations::Operation restart = operations::kScale;
  restart.name = "restart";
  DecisionInput in = commanded();
  in.commands[0].operation = &restart;
  EXPECT_EQ(answer(in), "needs_approval not_a_command");
}

TEST(Decide, TheOrderOfMembersIsNoDifference) {
  DecisionInput in = commanded();
  in.commands[0].arguments = {{"replicas", 5}, {"name", "web"}, {"kind", "Deployment"}, {"project", "shop"}};
  EXPECT_EQ(answer(in), "allow command");
}

TEST(Decide, HighRiskNeedsApprovalUnlessThePolicyLetsItRun) {
  DecisionInput in = commanded();
  in.plan.risk = Risk::high;
  EXPECT_EQ(answer(in), "needs_approval risk_high");
  in.policy.high.runs_on_command = true;
  EXPECT_EQ(answer(in), "allow command");
  in.plan.risk = Risk::low;
  in.policy.low.runs_on_command = false;
  EXPECT_EQ(answer(in), "needs_approval risk_high");
}

TEST(Decide, AReadTurnChangesNothing) {
  DecisionInput in = commanded();
  in.turn_kind = TurnKind::read;
  EXPECT_EQ(answer(in), "deny read_turn");
}

TEST(Decide, AnInactiveUserChangesNothing) {
  DecisionInput in = commanded();
  in.user_active = false;
  EXPECT_EQ(answer(in), "deny user_inactive");
}

TEST(Decide, AViewerIsToldPlainly) {
  DecisionInput in = commanded();
  in.bindings = {bound(Role::viewer)};
  EXPECT_EQ(answer(in), "deny missing_permission");
  EXPECT_EQ(decide(in).reason.text,
            "You may not scale workloads in project shop (needs workloads.scale; your role there: viewer). Nothing was "
            "changed.");
  in.bindings = {bound(Role::viewer), bound(Role::viewer, std::nullopt)};
  EXPECT_NE(decide(in).reason.text.find("your role there: viewer)"), std::string::npos);
}

TEST(Decide, WithoutAnyRoleInTheWorkspace) {
  DecisionInput in = commanded();
  in.bindings.clear();
  EXPECT_EQ(answer(in), "deny no_role");
  EXPECT_EQ(decide(in).reason.text, "You have no role in workspace shop. Nothing was changed.");
}

TEST(Decide, WithoutARoleThereTheProjectIsNotConfirmed) {
  DecisionInput in = commanded();
  in.bindings = {bound(Role::admin, ProjectName("blog"))};
  EXPECT_EQ(answer(in), "deny not_found");
  EXPECT_EQ(decide(in).reason.text,
            "There is no Deployment/web in a project shop that you can see. Nothing was changed.");
}

TEST(Decide, OtherPeoplesAndOtherTenantsBindingsGiveNothing) {
  DecisionInput in = commanded();
  in.bindings[0].subject = UserName("ada");
  EXPECT_EQ(answer(in), "deny no_role");
  in = commanded();
  in.bindings[0].scope.organization = OrganizationName("globex");
  EXPECT_EQ(answer(in), "deny no_role");
  in = commanded();
  in.bindings[0].scope.workspace = WorkspaceName("lab");
  EXPECT_EQ(answer(in), "deny no_role");
}

TEST(Decide, ABindingOfTheWorkspaceReachesItsProjects) {
  DecisionInput in = commanded();
  in.bindings = {bound(Role::editor, std::nullopt)};
  EXPECT_EQ(answer(in), "allow command");
}

TEST(Decide, TheCredentialsCeilingCuts) {
  DecisionInput in = commanded();
  in.ceiling.at_most = permissions_of(Role::viewer);
  EXPECT_EQ(answer(in), "deny above_ceiling");
  in.ceiling.at_most = {Permission::workloads_scale};
  EXPECT_EQ(answer(in), "allow command");
}

TEST(Decide, WhatIsNotTheOperationsIsMalformed) {
  auto spoiled = [](auto spoil) {
    DecisionInput in = commanded();
    spoil(in);
    return answer(in);
  };
  EXPECT_EQ(spoiled([](DecisionInput& in) { in.operation = nullptr; }), "deny invalid_operation");
  EXPECT_EQ(spoiled([](DecisionInput& in) { in.plan.target.name = "cart"; }), "deny invalid_operation");
  EXPECT_EQ(spoiled([](DecisionInput& in) { in.plan.target.namespace_name = "blog"; }), "deny invalid_operation");
  EXPECT_EQ(spoiled([](DecisionInput& in) { in.plan.target.kind = "StatefulSet"; }), "deny invalid_operation");
  EXPECT_EQ(spoiled([](DecisionInput& in) { in.plan.target.uid.clear(); }), "deny invalid_operation");
  EXPECT_EQ(spoiled([](DecisionInput& in) { in.turn.clear(); }), "deny invalid_operation");
  EXPECT_EQ(spoiled([](DecisionInput& in) { in.user = UserName(); }), "deny invalid_operation");
  EXPECT_EQ(spoiled([](DecisionInput& in) { in.workspace = WorkspaceName(); }), "deny invalid_operation");
  EXPECT_EQ(spoiled([](DecisionInput& in) { in.plan.patch["x"] = 0.5; }), "deny invalid_operation")
      << "cannot be hashed";
  EXPECT_EQ(spoiled([](DecisionInput& in) {
              in.arguments["kind"] = "Secret";
              in.plan.target.kind = "Secret";
            }),
            "deny invalid_operation");
}

// erin, editor of project shop, has proposed "scale web to 5"; ada, admin of the workspace, signs exactly that.
DecisionInput approved() {
  DecisionInput in = commanded();
  in.commands.clear();
  RoleBinding adas = bound(Role::admin, std::nullopt);
  adas.subject = UserName("ada");
  in.approval = Approval{.approver = UserName("ada"),
                         .approver_active = true,
                         .bindings = {adas},
                         .ceiling = {},
                         .op_hash = decide(commanded()).op_hash};
  return in;
}

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
       in.policy.low.proposer_may_approve = false;
     },
     "needs_approval other_person_needed", "another-person"},
    {"by the proposer, of high risk where the policy trusts one",
     [](DecisionInput& in) {
       by_the_proposer(in);
       at_risk(in, Risk::high);
       in.policy.high.proposer_may_approve = true;
     },
     "allow approved", "approved"},
    {"whether such commands run is another question", [](DecisionInput& in) { in.policy.low.runs_on_command = false; },
     "allow approved", "approved"},
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
    {"of a credential that may not", [](DecisionInput& in) { in.ceiling.at_most.clear(); }, "deny proposer_may_not",
     "within-ceiling"},
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
       in.policy.high.proposer_may_approve = true;
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

// What outsiders see: who may do what. `none` has no binding at all.
std::string role_permission_matrix() {
  std::string out =
      "# decide() on a command of low risk, by the permission that the operation needs (rows) and the user's role.\n";
  out += fmt::format("{:<20}{:>6}{:>8}{:>8}{:>8}\n", "permission", "none", "viewer", "editor", "admin");
  for (Permission permission : all_permissions()) {
    operations::Operation operation = operations::kScale;
    operation.permission = permission;
    out += fmt::format("{:<18}", to_string(permission));
    for (std::optional<Role> role : {std::optional<Role>(), {Role::viewer}, {Role::editor}, {Role::admin}}) {
      DecisionInput in = commanded();
      in.operation = in.commands[0].operation = &operation;
      in.bindings.clear();
      if (role) in.bindings.push_back(bound(*role));
      out += fmt::format("{:>8}", to_string(decide(in).effect));
    }
    out += '\n';
  }
  return out;
}

TEST(DecideGolden, RoleAndPermission) {
  std::ifstream file("api/policy/role_permission_matrix.golden");
  std::stringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(role_permission_matrix(), golden.str()) << "run from the repository's root; the new matrix is above";
}

}  // namespace
}  // namespace api::policy
