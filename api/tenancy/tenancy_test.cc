#include "api/tenancy/tenancy.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

namespace api::tenancy {
namespace {

const WorkspaceName kShop("shop");
const WorkspaceName kOther("other");
const ProjectName kWeb("web");
const ProjectName kData("data");

RoleBinding allow(const Role& role, const WorkspaceName& workspace, std::optional<ProjectName> project = std::nullopt) {
  return {"", UserName("erin"), role, {OrganizationName("demo"), workspace, std::move(project)}};
}

TEST(NamesTest, AreRfc1123Labels) {
  for (auto good : {"a", "shop", "a-b", "0", "a--b"}) EXPECT_TRUE(is_name(good)) << good;
  for (auto bad : {"", "-", "-a", "a-", "A", "a.b", "a/b", "..", "a b", "a\n", "ä", "a_b"})
    EXPECT_FALSE(is_name(bad)) << bad;
  EXPECT_TRUE(is_name(std::string(63, 'a')));
  EXPECT_FALSE(is_name(std::string(64, 'a')));
  EXPECT_FALSE(is_name(std::string("a\0b", 3)));
}

TEST(NamesTest, EveryEnumeratorHasOneTextThatReadsBack) {
  for (auto permission : all_permissions()) EXPECT_EQ(parse_permission(to_string(permission)), permission);
  for (const auto& role : {Role::viewer, Role::editor, Role::admin}) EXPECT_EQ(built_in_role(role.name.str()), role);
  for (auto effect : {BindingEffect::allow, BindingEffect::deny})
    EXPECT_EQ(parse_binding_effect(to_string(effect)), effect);
  for (auto rule : {ApprovalRule::run, ApprovalRule::approve, ApprovalRule::two_person, ApprovalRule::never})
    EXPECT_EQ(parse_approval_rule(to_string(rule)), rule);
  for (auto risk : {Risk::low, Risk::medium, Risk::high}) EXPECT_EQ(parse_risk(to_string(risk)), risk);
  EXPECT_EQ(parse_permission("objects.write"), std::nullopt);
  EXPECT_EQ(built_in_role("Admin"), std::nullopt);
  EXPECT_EQ(parse_risk(""), std::nullopt);
}

TEST(PermissionsTest, IsASet) {
  Permissions some{Permission::logs_read, Permission::objects_read, Permission::logs_read};
  EXPECT_EQ(some.size(), 2u);
  EXPECT_EQ(text_of(some), "objects.read, logs.read");
  EXPECT_TRUE(all_permissions().includes(some));
  EXPECT_FALSE(some.includes(all_permissions()));
  EXPECT_EQ(all_permissions().size(), kPermissions);
  EXPECT_EQ((some - Permissions{Permission::logs_read}), Permissions{Permission::objects_read});
  some.erase(Permission::logs_read);
  EXPECT_FALSE(some.contains(Permission::logs_read));
  some.clear();
  EXPECT_TRUE(some.empty());
  EXPECT_TRUE(some.begin() == some.end());
}

TEST(PermissionsTest, AreStoredAsNamesAndDamageIsSeen) {
  for (const auto& some : {Permissions{}, Role::editor.permissions, all_permissions()})
    EXPECT_EQ(parse_permissions(to_text(some)), some);
  for (auto damaged : {"", "{}", "null", R"(["objects.read",5])", R"(["objects.write"])", R"(["objects.read")"})
    EXPECT_EQ(parse_permissions(damaged), std::nullopt) << damaged;
}

TEST(RolesTest, TheMatrixOfRolesAndPermissions) {
  struct Line {
    std::string_view permission;
    bool viewer, editor, admin;
  };
  constexpr Line kMatrix[] = {
      {"objects.read", true, true, true},
      {"events.read", true, true, true},
      {"logs.read", true, true, true},
      {"workloads.scale", false, true, true},
      {"workloads.restart", false, true, true},
      {"workloads.rollback", false, true, true},
      {"workloads.set_resources", false, true, true},
      {"approvals.decide", false, true, true},
      {"audit.read", false, false, true},
      {"members.manage", false, false, true},
  };
  EXPECT_EQ(std::size(kMatrix), all_permissions().size());
  for (const auto& line : kMatrix) {
    auto permission = parse_permission(line.permission).value();
    EXPECT_EQ(Role::viewer.permissions.contains(permission), line.viewer) << line.permission;
    EXPECT_EQ(Role::editor.permissions.contains(permission), line.editor) << line.permission;
    EXPECT_EQ(Role::admin.permissions.contains(permission), line.admin) << line.permission;
  }
}

TEST(EffectiveTest, ABindingWithoutAProjectCoversTheWholeWorkspaceAndNoOther) {
  std::vector bindings = {allow(Role::editor, kShop)};
  EXPECT_EQ(effective(bindings, {}, kShop, kWeb), Role::editor.permissions);
  EXPECT_EQ(effective(bindings, {}, kShop, std::nullopt), Role::editor.permissions);
  EXPECT_TRUE(effective(bindings, {}, kOther, kWeb).empty());
}

TEST(EffectiveTest, ABindingOnAProjectGivesNothingElsewhere) {
  std::vector bindings = {allow(Role::viewer, kShop), allow(Role::admin, kShop, kWeb)};
  EXPECT_EQ(effective(bindings, {}, kShop, kWeb), all_permissions());
  EXPECT_EQ(effective(bindings, {}, kShop, kData), Role::viewer.permissions);
  EXPECT_EQ(effective(bindings, {}, kShop, std::nullopt), Role::viewer.permissions);
}

TEST(EffectiveTest, WithoutBindingsThereIsNothing) { EXPECT_TRUE(effective({}, {}, kShop, kWeb).empty()); }

RoleBinding deny(const Role& role, const WorkspaceName& workspace, std::optional<ProjectName> project = std::nullopt) {
  auto binding = allow(role, workspace, std::move(project));
  binding.effect = BindingEffect::deny;
  return binding;
}

TEST(EffectiveTest, ADenyBeatsEveryAllowInItsScopeInAnyOrder) {
  std::vector bindings = {allow(Role::admin, kShop), allow(Role::editor, kShop, kWeb), deny(Role::editor, kShop, kWeb)};
  for (int turn = 0; turn < 3; ++turn) {
    EXPECT_EQ(effective(bindings, {}, kShop, kWeb), Role::admin.permissions - Role::editor.permissions);
    EXPECT_EQ(effective(bindings, {}, kShop, kData), all_permissions()) << "the other project";
    std::ranges::rotate(bindings, bindings.begin() + 1);
  }
}

TEST(EffectiveTest, ADenyWithoutAProjectCoversTheWholeWorkspaceAndNoOther) {
  std::vector bindings = {allow(Role::admin, kShop), allow(Role::viewer, kShop, kWeb), allow(Role::admin, kOther),
                          deny(Role::admin, kShop)};
  for (const auto& project : {std::optional(kWeb), std::optional(kData), std::optional<ProjectName>()})
    EXPECT_TRUE(effective(bindings, {}, kShop, project).empty());
  EXPECT_EQ(effective(bindings, {}, kOther, kWeb), all_permissions());
}

TEST(EffectiveTest, WhatIsDeniedInOneProjectIsNotHeldInAllOfTheWorkspace) {
  std::vector bindings = {allow(Role::admin, kShop), deny(Role::viewer, kShop, kWeb)};
  EXPECT_EQ(effective(bindings, {}, kShop, std::nullopt), Role::admin.permissions - Role::viewer.permissions);
}

TEST(EffectiveTest, ADenyAloneMakesNoMember) {
  EXPECT_FALSE(is_member(std::vector{deny(Role::viewer, kShop)}, kShop));
  EXPECT_TRUE(is_member(std::vector{deny(Role::viewer, kShop), allow(Role::viewer, kShop, kWeb)}, kShop));
  EXPECT_FALSE(is_member(std::vector{allow(Role::viewer, kOther)}, kShop));
}

TEST(EffectiveTest, IsTheUnionOfCoveringRolesWithoutWhatIsDeniedCutByTheCeiling) {
  rc::check([] {
    const Role scaler{RoleName("scaler"), {Permission::workloads_scale}};
    auto any_project = [] {
      return *rc::gen::element(std::optional<ProjectName>(), std::optional(kWeb), std::optional(kData));
    };
    std::vector<RoleBinding> bindings;
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
      bindings.push_back(allow(*rc::gen::element(Role::viewer, Role::editor, Role::admin, scaler),
                               *rc::gen::element(kShop, kOther), any_project()));
      if (*rc::gen::inRange(0, 4) == 0) bindings.back().effect = BindingEffect::deny;
    }
    Ceiling ceiling{.at_most = {}};
    for (auto permission : all_permissions())
      if (*rc::gen::arbitrary<bool>()) ceiling.at_most.insert(permission);
    auto project = any_project();
    auto got = effective(bindings, ceiling, kShop, project);
    for (auto permission : all_permissions()) {
      auto says = [&](BindingEffect effect) {
        return std::ranges::any_of(bindings, [&](const RoleBinding& b) {
          bool here = !b.scope.project || (project && *b.scope.project == *project) ||
                      (!project && effect == BindingEffect::deny);
          return b.effect == effect && b.scope.workspace == kShop && here && b.role.permissions.contains(permission);
        });
      };
      bool want = ceiling.at_most.contains(permission) && says(BindingEffect::allow) && !says(BindingEffect::deny);
      RC_ASSERT(got.contains(permission) == want);
    }
  });
}

TEST(PolicyTest, HighRiskNeedsAnotherPersonByDefault) {
  WorkspacePolicy policy;
  EXPECT_FALSE(policy.allow_external_model);
  EXPECT_EQ(policy.rule(Risk::low), ApprovalRule::run);
  EXPECT_EQ(policy.rule(Risk::medium), ApprovalRule::run);
  EXPECT_EQ(policy.rule(Risk::high), ApprovalRule::two_person);
}

}  // namespace
}  // namespace api::tenancy
