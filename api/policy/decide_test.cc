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
  plan.fields_read = {{"spec.replicas", 3}};
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
