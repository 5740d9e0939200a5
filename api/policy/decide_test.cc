#include "api/policy/decide.h"

#include "api/policy/decide_lab.h"

namespace api::policy {
namespace {

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
  in.policy.high = ApprovalRule::run;
  EXPECT_EQ(answer(in), "allow command");
  in.plan.risk = Risk::low;
  for (auto rule : {ApprovalRule::approve, ApprovalRule::two_person}) {
    in.policy.low = rule;
    EXPECT_EQ(answer(in), "needs_approval risk_high");
  }
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
  in.ceiling.at_most = Role::viewer.permissions;
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

TEST(Decide, ACustomRoleGivesExactlyWhatItNames) {
  DecisionInput in = commanded();
  in.bindings = {bound({RoleName("scaler"), {Permission::workloads_scale}})};
  EXPECT_EQ(answer(in), "allow command");
  in.bindings = {bound({RoleName("restarter"), {Permission::objects_read, Permission::workloads_restart}})};
  EXPECT_EQ(answer(in), "deny missing_permission");
  EXPECT_NE(decide(in).reason.text.find("your role there: restarter)"), std::string::npos);
}

TEST(Decide, ADenyBeatsEveryAllowAndIsToldPlainly) {
  DecisionInput in = commanded();
  in.bindings = {bound(Role::admin, std::nullopt), bound(Role::editor),
                 denied("erin", {Permission::workloads_scale}, ProjectName("shop"))};
  EXPECT_EQ(answer(in), "deny denied_by_binding");
  EXPECT_EQ(decide(in).rule, "not-denied");
  EXPECT_EQ(
      decide(in).reason.text,
      "You may not scale workloads in project shop: workloads.scale was denied to you there. Nothing was changed.");
}

TEST(Decide, ADenyCountsWhereItReachesOnly) {
  struct Row {
    RoleBinding deny;
    const char* answer;
  };
  RoleBinding elsewhere = denied("erin", {Permission::workloads_scale});
  elsewhere.scope.workspace = WorkspaceName("lab");
  const Row rows[] = {
      {denied("erin", {Permission::workloads_scale}), "deny denied_by_binding"},  // of the whole workspace
      {denied("erin", {Permission::workloads_scale}, ProjectName("blog")), "allow command"},
      {denied("erin", {Permission::workloads_restart}), "allow command"},
      {denied("vic", {Permission::workloads_scale}), "allow command"},
      {elsewhere, "allow command"},
  };
  for (const Row& row : rows) {
    DecisionInput in = commanded();
    in.bindings.push_back(row.deny);
    EXPECT_EQ(answer(in), row.answer) << &row - rows;
  }
}

// Who is denied everything there learns no more than somebody without a role.
TEST(Decide, WhoIsDeniedEverythingIsNotToldThatItExists) {
  DecisionInput in = commanded();
  in.bindings.push_back(denied("erin", all_permissions(), ProjectName("shop")));
  EXPECT_EQ(answer(in), "deny not_found");
  in.bindings = {denied("erin", all_permissions())};
  EXPECT_EQ(answer(in), "deny no_role") << "a deny alone makes no member";
}

// With roles of one's own making, to hold something in a project is not yet to see what is in it.
TEST(Decide, WhoMayNeitherReadNorDoItIsNotToldThatItExists) {
  DecisionInput in = commanded();
  in.bindings = {bound({RoleName("auditor"), {Permission::audit_read, Permission::logs_read}})};
  EXPECT_EQ(answer(in), "deny not_found");
  in.bindings = {bound({RoleName("scaler"), {Permission::workloads_scale}})};
  EXPECT_EQ(answer(in), "allow command");
  in.ceiling.at_most = {Permission::logs_read};
  EXPECT_EQ(answer(in), "deny not_found") << "a credential is cut in this too";
}

TEST(Decide, WhatIsNeverDoneIsDeniedEvenToACommand) {
  DecisionInput in = commanded();
  in.policy.low = ApprovalRule::never;
  EXPECT_EQ(answer(in), "deny risk_forbidden");
  EXPECT_EQ(decide(in).rule, "risk-allowed");
  EXPECT_EQ(decide(in).reason.text,
            "A change of low risk is never made in workspace shop: its policy says so. Nothing was changed.");
  in.commands.clear();
  EXPECT_EQ(answer(in), "deny risk_forbidden") << "nor proposed";
}

}  // namespace
}  // namespace api::policy
