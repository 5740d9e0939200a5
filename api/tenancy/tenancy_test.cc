#include "api/tenancy/tenancy.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <vector>

namespace api::tenancy {
namespace {

const WorkspaceName kShop("shop");
const WorkspaceName kOther("other");
const ProjectName kWeb("web");
const ProjectName kData("data");

RoleBinding bind(Role role, const WorkspaceName& workspace, std::optional<ProjectName> project = std::nullopt) {
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
  for (auto role : {Role::viewer, Role::editor, Role::admin}) EXPECT_EQ(parse_role(to_string(role)), role);
  for (auto risk : {Risk::low, Risk::medium, Risk::high}) EXPECT_EQ(parse_risk(to_string(risk)), risk);
  EXPECT_EQ(parse_permission("objects.write"), std::nullopt);
  EXPECT_EQ(parse_role("Admin"), std::nullopt);
  EXPECT_EQ(parse_risk(""), std::nullopt);
}

TEST(RolesTest, TheMatrixOfRolesAndPermissions) {
  struct Line {
    std::string_view permission;
    bool viewer, editor, admin;
  };
  constexpr Line kMatrix[] = {
      {"objects.read", true, true, true},       {"events.read", true, true, true},
      {"logs.read", true, true, true},          {"workloads.scale", false, true, true},
      {"workloads.restart", false, true, true}, {"approvals.decide", false, true, true},
      {"audit.read", false, false, true},       {"members.manage", false, false, true},
  };
  EXPECT_EQ(std::size(kMatrix), all_permissions().size());
  for (const auto& line : kMatrix) {
    auto permission = parse_permission(line.permission).value();
    EXPECT_EQ(permissions_of(Role::viewer).contains(permission), line.viewer) << line.permission;
    EXPECT_EQ(permissions_of(Role::editor).contains(permission), line.editor) << line.permission;
    EXPECT_EQ(permissions_of(Role::admin).contains(permission), line.admin) << line.permission;
  }
}

TEST(EffectiveTest, ABindingWithoutAProjectCoversTheWholeWorkspaceAndNoOther) {
  std::vector bindings = {bind(Role::editor, kShop)};
  EXPECT_EQ(effective(bindings, {}, kShop, kWeb), permissions_of(Role::editor));
  EXPECT_EQ(effective(bindings, {}, kShop, std::nullopt), permissions_of(Role::editor));
  EXPECT_TRUE(effective(bindings, {}, kOther, kWeb).empty());
}

TEST(EffectiveTest, ABindingOnAProjectGivesNothingElsewhere) {
  std::vector bindings = {bind(Role::viewer, kShop), bind(Role::admin, kShop, kWeb)};
  EXPECT_EQ(effective(bindings, {}, kShop, kWeb), all_permissions());
  EXPECT_EQ(effective(bindings, {}, kShop, kData), permissions_of(Role::viewer));
  EXPECT_EQ(effective(bindings, {}, kShop, std::nullopt), permissions_of(Role::viewer));
}

TEST(EffectiveTest, WithoutBindingsThereIsNothing) { EXPECT_TRUE(effective({}, {}, kShop, kWeb).empty()); }

TEST(EffectiveTest, IsTheUnionOfCoveringRolesCutByTheCeiling) {
  rc::check([] {
    std::vector<RoleBinding> bindings;
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
      auto project = *rc::gen::element(std::optional<ProjectName>(), std::optional(kWeb), std::optional(kData));
      bindings.push_back(
          bind(*rc::gen::element(Role::viewer, Role::editor, Role::admin), *rc::gen::element(kShop, kOther), project));
    }
    Ceiling ceiling{.at_most = {}};
    for (auto permission : all_permissions())
      if (*rc::gen::arbitrary<bool>()) ceiling.at_most.insert(permission);
    auto project = *rc::gen::element(std::optional<ProjectName>(), std::optional(kWeb), std::optional(kData));
    auto got = effective(bindings, ceiling, kShop, project);
    for (auto permission : all_permissions()) {
      bool want = false;
      for (const auto& b : bindings)
        want |= ceiling.at_most.contains(permission) && permissions_of(b.role).contains(permission) &&
                b.scope.workspace == kShop &&
                (b.scope.project == std::nullopt || (project && *b.scope.project == *project));
      RC_ASSERT(got.contains(permission) == want);
    }
  });
}

TEST(PolicyTest, HighRiskNeedsAnotherPersonByDefault) {
  WorkspacePolicy policy;
  EXPECT_FALSE(policy.allow_external_model);
  EXPECT_TRUE(policy.rule(Risk::low).runs_on_command);
  EXPECT_TRUE(policy.rule(Risk::medium).proposer_may_approve);
  EXPECT_FALSE(policy.rule(Risk::high).runs_on_command);
  EXPECT_FALSE(policy.rule(Risk::high).proposer_may_approve);
}

}  // namespace
}  // namespace api::tenancy
