// For tests: one case of decide() that is allowed, to be spoiled in one respect at a time.
#pragma once
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "api/operations/scale.h"
#include "api/policy/decide.h"

namespace api::policy {

using namespace tenancy;
namespace json = foundation::json;

inline json::Object scale_web(std::int64_t replicas) {
  return {{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}, {"replicas", replicas}};
}

inline RoleBinding bound(const Role& role, std::optional<ProjectName> project = ProjectName("shop")) {
  return {.id = "b",
          .subject = UserName("erin"),
          .role = role,
          .scope = {OrganizationName("demo"), WorkspaceName("shop"), std::move(project)}};
}

inline RoleBinding denied(const char* subject, const Permissions& permissions,
                          std::optional<ProjectName> project = {}) {
  RoleBinding binding = bound({RoleName("no"), permissions}, std::move(project));
  binding.subject = UserName(subject);
  binding.effect = BindingEffect::deny;
  return binding;
}

inline operations::Plan plan_of(const json::Object& arguments, Risk risk) {
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
inline DecisionInput commanded() {
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

inline std::string answer(const DecisionInput& in) {
  Decision decision = decide(in);
  EXPECT_EQ(decision.authorized.has_value(), decision.effect == Effect::allow);
  EXPECT_FALSE(decision.rule.empty());
  EXPECT_FALSE(decision.reason.text.empty());
  return fmt::format("{} {}", to_string(decision.effect), decision.reason.code);
}

// erin, editor of project shop, has proposed "scale web to 5"; ada, admin of the workspace, signs exactly that.
inline DecisionInput approved() {
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

}  // namespace api::policy
