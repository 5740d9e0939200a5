// Who may manage what of a tenant, asked of the database as it is now.
#include "api/app/tenant_rights.h"

#include <gtest/gtest.h>

#include "foundation/database/temp_database.h"

namespace api::app {
namespace {

using foundation::Code;
using foundation::database::Session;
using foundation::database::TempDatabase;
using tenancy::OrganizationName;
using tenancy::Permission;
using tenancy::Role;
using tenancy::UserName;
using tenancy::WorkspaceName;
namespace store = tenancy::store;

const OrganizationName kDemo("demo");
const OrganizationName kGlobex("globex");
const WorkspaceName kShop("shop");
const WorkspaceName kNone("none");

// none: allowed.
using Refusal = std::optional<Code>;

struct TenantRightsTest : testing::Test {
  void SetUp() override {
    for (const auto& name : {kDemo, kGlobex})
      ASSERT_TRUE(db.write([=](Session& s) { return store::add_organization(s, {name, ""}); }));
    ASSERT_TRUE(db.write([](Session& s) {
      return store::add_workspace(s, {.name = kShop,
                                      .organization = kDemo,
                                      .display = "",
                                      .cluster = store::InCluster{},
                                      .policy = {},
                                      .projects = {tenancy::ProjectName("web")}});
    }));
  }
  identity::SessionUser signed_in(const std::string& name, const OrganizationName& organization, bool manager = false,
                                  tenancy::Ceiling ceiling = {}) {
    return db
        .write([=](Session& s) -> foundation::Result<identity::SessionUser> {
          identity::User user{UserName(name), organization, "", false, manager};
          if (auto added = identity::ensure_user(s, user, "hash"); !added) return std::unexpected(added.error());
          auto opened = identity::open_session(s, user.name, ceiling);
          if (!opened) return std::unexpected(opened.error());
          return identity::session_by_id(s, opened->session_id);
        })
        .value();
  }
  identity::SessionUser member(const std::string& name, const Role& role,
                               std::optional<tenancy::ProjectName> project = {}) {
    auto user = signed_in(name, kDemo);
    EXPECT_TRUE(
        db.write([=](Session& s) { return store::grant(s, {"", UserName(name), role, {kDemo, kShop, project}}); }));
    return user;
  }
  void deny(const std::string& name, const Role& role, std::optional<tenancy::ProjectName> project = {}) {
    tenancy::RoleBinding binding{"", UserName(name), role, {kDemo, kShop, project}, tenancy::BindingEffect::deny};
    ASSERT_TRUE(db.write([=](Session& s) { return store::grant(s, binding); }));
  }
  Refusal managing(const identity::SessionUser& who, const OrganizationName& organization) {
    auto may = db.read([=](Session& s) { return OrganizationRight{who, organization}.check(s); });
    return may ? std::nullopt : Refusal(may.error().code);
  }
  Refusal members(const identity::SessionUser& who, const WorkspaceName& workspace) {
    auto may = db.read([=](Session& s) { return MembersRight{who, workspace}.check(s); });
    return may ? std::nullopt : Refusal(may.error().code);
  }
  TempDatabase db{{store::migrations(), identity::migrations(), audit::migrations()}};
};

TEST_F(TenantRightsTest, WhoManagesAnOrganization) {
  auto manager = signed_in("mia", kDemo, true);
  EXPECT_EQ(managing(manager, kDemo), std::nullopt);
  EXPECT_EQ(managing(manager, kGlobex), Code::not_found);
  EXPECT_EQ(managing(manager, OrganizationName("none")), Code::not_found);
  EXPECT_EQ(managing(member("ada", Role::admin), kDemo), Code::denied) << "an admin of a workspace is no manager";
  EXPECT_EQ(managing(signed_in("gus", kGlobex, true), kDemo), Code::not_found);
}

TEST_F(TenantRightsTest, WhoManagesTheMembersOfAWorkspace) {
  EXPECT_EQ(members(signed_in("mia", kDemo, true), kShop), std::nullopt) << "unbound";
  EXPECT_EQ(members(member("ada", Role::admin), kShop), std::nullopt);
  EXPECT_EQ(members(member("erin", Role::editor), kShop), Code::denied);
  EXPECT_EQ(members(member("vic", Role::viewer), kShop), Code::denied);
  EXPECT_EQ(members(member("pia", Role::admin, tenancy::ProjectName("web")), kShop), Code::denied) << "of one project";
  auto stranger = signed_in("sam", kDemo);
  auto foreign = signed_in("gus", kGlobex, true);
  for (const auto& who : {stranger, foreign}) {
    auto hidden = db.read([=](Session& s) { return MembersRight{who, kShop}.check(s); });
    auto absent = db.read([=](Session& s) { return MembersRight{who, kNone}.check(s); });
    ASSERT_FALSE(hidden);
    ASSERT_FALSE(absent);
    EXPECT_EQ(hidden.error().code, Code::not_found);
    EXPECT_EQ(hidden.error().text(), absent.error().text()) << "the two look the same";
  }
}

TEST_F(TenantRightsTest, EverybodyOfAnOrganizationMayViewIt) {
  auto sam = signed_in("sam", kDemo);
  EXPECT_TRUE(db.read([=](Session& s) { return OrganizationView{sam, kDemo}.check(s); }));
  for (const auto& other : {kGlobex, OrganizationName("none")}) {
    auto seen = db.read([=](Session& s) { return OrganizationView{sam, other}.check(s); });
    EXPECT_EQ(seen.error().code, Code::not_found);
  }
}

// Who manages users could sign in as one of them, and so leave the ceiling behind.
TEST_F(TenantRightsTest, ASessionThatIsCutManagesNoOrganization) {
  auto all = tenancy::all_permissions();
  all.erase(Permission::logs_read);
  EXPECT_EQ(managing(signed_in("mia", kDemo, true, {.at_most = all}), kDemo), Code::denied);
  EXPECT_EQ(managing(signed_in("mia", kDemo, true), kDemo), std::nullopt);
}

TEST_F(TenantRightsTest, ASessionWithoutMembersManageManagesNoMembers) {
  auto without = tenancy::all_permissions() - tenancy::Permissions{Permission::members_manage};
  EXPECT_EQ(members(signed_in("mia", kDemo, true, {.at_most = without}), kShop), Code::denied);
  member("ada", Role::admin);
  EXPECT_EQ(members(signed_in("ada", kDemo, false, {.at_most = without}), kShop), Code::denied);
  EXPECT_EQ(members(signed_in("ada", kDemo, false, {.at_most = {Permission::members_manage}}), kShop), std::nullopt);
}

TEST_F(TenantRightsTest, NobodyGivesMoreThanTheyHaveThere) {
  const Role people{tenancy::RoleName("people"), {Permission::members_manage, Permission::objects_read}};
  ASSERT_TRUE(db.write([=](Session& s) { return store::add_role(s, kDemo, people); }));
  auto may_give = [&](const identity::SessionUser& who, std::optional<tenancy::ProjectName> project = {}) {
    return db.read([=](Session& s) { return MembersRight{who, kShop}.check(s); })->may_give(project);
  };
  const tenancy::ProjectName web("web");
  auto pat = member("pat", people);
  EXPECT_EQ(may_give(pat), people.permissions);
  deny("pat", Role::viewer, web);
  EXPECT_EQ(may_give(pat, web), tenancy::Permissions{Permission::members_manage});
  EXPECT_EQ(may_give(pat), tenancy::Permissions{Permission::members_manage}) << "not in all of the workspace either";
  member("ada", Role::admin);
  EXPECT_EQ(may_give(signed_in("ada", kDemo, false, {.at_most = people.permissions})), people.permissions);
  EXPECT_EQ(may_give(signed_in("mia", kDemo, true)), tenancy::all_permissions()) << "by office";
  EXPECT_EQ(may_give(signed_in("mia", kDemo, true, {.at_most = people.permissions})), people.permissions);
}

// It is their office, not a binding: no deny locks an organization out of a workspace of its own.
TEST_F(TenantRightsTest, ADenyDoesNotLockTheManagersOut) {
  auto manager = signed_in("mia", kDemo, true);
  deny("mia", Role::admin);
  member("ada", Role::admin);
  deny("ada", Role::admin);
  EXPECT_EQ(members(manager, kShop), std::nullopt);
  EXPECT_EQ(members(signed_in("ada", kDemo), kShop), Code::denied);
}

TEST_F(TenantRightsTest, ARightThatIsGoneMeanwhileIsGone) {
  auto manager = signed_in("mia", kDemo, true);
  ASSERT_TRUE(signed_in("mo", kDemo, true).user.manager);
  ASSERT_TRUE(db.write([](Session& s) { return identity::set_manager(s, UserName("mia"), false); }));
  EXPECT_EQ(managing(manager, kDemo), Code::denied);
  EXPECT_EQ(members(manager, kShop), Code::not_found);
  auto admin = member("ada", Role::admin);
  ASSERT_TRUE(db.write([](Session& s) { return identity::close_sessions_of(s, UserName("ada")); }));
  EXPECT_EQ(members(admin, kShop), Code::unauthenticated);
}

TEST_F(TenantRightsTest, AChangeIsKeptWithItsMaker) {
  auto manager = signed_in("mia", kDemo, true);
  ASSERT_TRUE(db.write(
      [=](Session& s) { return audit_change(s, audit::Kind::user_added, manager.user, {}, {{"user", "nina"}}); }));
  auto record = db.read([](Session& s) { return audit::list(s, "demo", {}, 0, 1); }).value().at(0);
  auto leaf = foundation::json::parse_strict(record.leaf).value();
  EXPECT_EQ(leaf.at("kind"), "user.added");
  EXPECT_EQ(leaf.at("subject"), "mia");
  EXPECT_EQ(leaf.at("arguments"), (foundation::json::Object{{"user", "nina"}}));
}

}  // namespace
}  // namespace api::app
