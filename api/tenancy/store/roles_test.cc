// An organization's own roles, and bindings that allow or deny them.
#include <gtest/gtest.h>

#include "api/tenancy/store/store.h"
#include "foundation/database/temp_database.h"

namespace api::tenancy::store {
namespace {

using foundation::Code;
using foundation::database::TempDatabase;

const OrganizationName kDemo("demo");
const OrganizationName kGlobex("globex");
const WorkspaceName kShop("shop");
const ProjectName kWeb("web");
const UserName kErin("erin");
const RoleName kScaler("scaler");
const Permissions kScales{Permission::objects_read, Permission::workloads_scale};

class RolesTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& [organization, name] : {std::pair(kDemo, kShop), {kGlobex, WorkspaceName("vault")}}) {
      ASSERT_TRUE(db.write([=](Session& s) { return add_organization(s, {organization, ""}); }));
      Workspace workspace{.name = name,
                          .organization = organization,
                          .display = "",
                          .cluster = InCluster{},
                          .policy = {},
                          .projects = {kWeb}};
      ASSERT_TRUE(db.write([=](Session& s) { return add_workspace(s, workspace); }));
    }
  }
  Code add(const RoleName& name, const Permissions& permissions, const OrganizationName& in = kDemo) {
    return code(db.write([=](Session& s) { return add_role(s, in, {name, permissions}); }));
  }
  Code change(const RoleName& name, const Permissions& permissions) {
    return code(db.write([=](Session& s) { return change_role(s, kDemo, {name, permissions}); }));
  }
  Code remove(const RoleName& name) {
    return code(db.write([=](Session& s) { return remove_role(s, kDemo, name); }));
  }
  Result<std::string> bind(const RoleName& role, BindingEffect effect = BindingEffect::allow) {
    RoleBinding binding{"", kErin, {role, {}}, {kDemo, kShop, std::nullopt}, effect};
    return db.write([=](Session& s) { return grant(s, binding); });
  }
  Bindings bindings() {
    return db.read([](Session& s) { return load_bindings(s, kErin, kShop); }).value();
  }
  Permissions held() { return effective(bindings().bindings, {}, kShop, kWeb); }
  void sql(std::string text) {
    ASSERT_TRUE(db.write([text](Session& s) { return s.execute(text); }));
  }
  static constexpr Code kDone{-1};
  template <class R>
  static Code code(const R& result) {
    return result ? kDone : result.error().code;
  }
  TempDatabase db{{migrations()}};
};

TEST_F(RolesTest, ARoleIsWhatItsOrganizationDefines) {
  EXPECT_EQ(add(kScaler, kScales), kDone);
  auto found = db.read([](Session& s) { return roles(s, kDemo); }).value();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0], (Role{kScaler, kScales}));
  EXPECT_EQ(db.read([](Session& s) { return find_role(s, kDemo, RoleName("admin")); }).value(), Role::admin);
  EXPECT_EQ(code(db.read([](Session& s) { return find_role(s, kGlobex, kScaler); })), Code::not_found);
  EXPECT_EQ(add(kScaler, kScales, kGlobex), kDone) << "a name is one's own organization's";
}

TEST_F(RolesTest, TheBuiltInOnesStayAsTheyAre) {
  for (const Role* role : {&Role::viewer, &Role::editor, &Role::admin}) {
    EXPECT_EQ(add(role->name, all_permissions()), Code::conflict);
    EXPECT_EQ(change(role->name, all_permissions()), Code::conflict);
    EXPECT_EQ(remove(role->name), Code::conflict);
  }
  auto forced = db.write([](Session& s) { return s.execute("INSERT INTO roles VALUES ('demo', 'viewer', '[]')"); });
  EXPECT_FALSE(forced) << "not even by hand";
}

TEST_F(RolesTest, WhatIsNoRoleIsRefused) {
  EXPECT_EQ(add(RoleName("Not a name"), kScales), Code::invalid);
  EXPECT_EQ(add(kScaler, {}), Code::invalid);
  EXPECT_EQ(change(kScaler, kScales), Code::not_found);
  EXPECT_EQ(remove(kScaler), Code::not_found);
  ASSERT_EQ(add(kScaler, kScales), kDone);
  EXPECT_EQ(add(kScaler, kScales), Code::conflict);
  EXPECT_EQ(change(kScaler, {}), Code::invalid);
}

TEST_F(RolesTest, ThereAreSoManyAtMost) {
  for (std::size_t i = 0; i < kMaxRoles; ++i) ASSERT_EQ(add(RoleName("r" + std::to_string(i)), kScales), kDone);
  EXPECT_EQ(add(kScaler, kScales), Code::conflict);
  EXPECT_EQ(add(kScaler, kScales, kGlobex), kDone);
}

TEST_F(RolesTest, ABindingGivesWhatItsRoleIsNow) {
  ASSERT_EQ(add(kScaler, kScales), kDone);
  ASSERT_TRUE(bind(kScaler));
  EXPECT_EQ(held(), kScales);
  auto revision = bindings().revision;
  EXPECT_EQ(change(kScaler, {Permission::objects_read}), kDone);
  EXPECT_EQ(held(), Permissions{Permission::objects_read});
  EXPECT_GT(bindings().revision, revision) << "what was cached of it is void";
}

TEST_F(RolesTest, OnlyBoundRolesMoveARevision) {
  ASSERT_EQ(add(kScaler, kScales), kDone);
  ASSERT_EQ(add(RoleName("other"), kScales), kDone);
  ASSERT_TRUE(bind(kScaler));
  auto revision = bindings().revision;
  EXPECT_EQ(change(RoleName("other"), all_permissions()), kDone);
  EXPECT_EQ(bindings().revision, revision);
}

TEST_F(RolesTest, ABoundRoleCannotGo) {
  ASSERT_EQ(add(kScaler, kScales), kDone);
  auto id = bind(kScaler, BindingEffect::deny);
  ASSERT_TRUE(id);
  EXPECT_EQ(remove(kScaler), Code::conflict);
  ASSERT_TRUE(db.write([id = *id](Session& s) { return revoke(s, kShop, id); }));
  EXPECT_EQ(remove(kScaler), kDone);
  EXPECT_EQ(code(bind(kScaler)), Code::not_found);
}

TEST_F(RolesTest, AnotherOrganizationsRoleCannotBeBound) {
  ASSERT_EQ(add(kScaler, kScales, kGlobex), kDone);
  EXPECT_EQ(code(bind(kScaler)), Code::not_found);
}

TEST_F(RolesTest, ARoleMayBeAllowedAndDeniedBesideEachOther) {
  ASSERT_TRUE(bind(RoleName("admin")));
  ASSERT_TRUE(bind(RoleName("editor"), BindingEffect::deny));
  EXPECT_EQ(held(), Role::admin.permissions - Role::editor.permissions);
  EXPECT_EQ(code(bind(RoleName("editor"), BindingEffect::deny)), Code::conflict);
  EXPECT_TRUE(bind(RoleName("editor")));
  EXPECT_EQ(held(), Role::admin.permissions - Role::editor.permissions);
}

TEST_F(RolesTest, ADenyAloneIsNoMembershipAndNoRight) {
  ASSERT_TRUE(bind(RoleName("viewer"), BindingEffect::deny));
  EXPECT_TRUE(db.read([](Session& s) { return workspaces_of(s, kErin); })->empty());
  EXPECT_TRUE(held().empty());
}

TEST_F(RolesTest, WhoIsDeniedCannot) {
  ASSERT_TRUE(bind(RoleName("admin")));
  ASSERT_TRUE(bind(RoleName("editor"), BindingEffect::deny));
  auto who = [&](Permission permission) {
    return db.read([=](Session& s) { return who_can(s, kShop, kWeb, permission); }).value();
  };
  EXPECT_TRUE(who(Permission::workloads_scale).empty());
  EXPECT_EQ(who(Permission::audit_read), std::vector{kErin});
}

// Read low, a damaged deny would have given what it takes away.
TEST_F(RolesTest, OfADamagedRoleNothingIsGuessed) {
  ASSERT_EQ(add(kScaler, kScales), kDone);
  ASSERT_TRUE(bind(kScaler, BindingEffect::deny));
  for (auto damaged : {"", "{}", "[\"objects.write\"]"}) {
    sql(std::string("UPDATE roles SET permissions = '") + damaged + "'");
    EXPECT_EQ(code(db.read([](Session& s) { return load_bindings(s, kErin, kShop); })), Code::corrupt) << damaged;
  }
}

}  // namespace
}  // namespace api::tenancy::store
