#include "api/tenancy/store/store.h"

#include <gtest/gtest.h>

#include "foundation/database/temp_database.h"

namespace api::tenancy::store {
namespace {

using foundation::Code;
using foundation::database::TempDatabase;

const OrganizationName kDemo("demo");
const OrganizationName kGlobex("globex");
const WorkspaceName kShop("shop");
const WorkspaceName kVault("vault");
const ProjectName kWeb("web");
const UserName kErin("erin");

Workspace workspace(const OrganizationName& organization, const WorkspaceName& name) {
  return {.name = name,
          .organization = organization,
          .display = "A place",
          .cluster = KubeconfigFile{"/data/kubeconfig"},
          .policy = {},
          .projects = {ProjectName("data"), kWeb}};
}

RoleBinding binding(const UserName& user, const Role& role, std::optional<ProjectName> project = std::nullopt) {
  return {"", user, role, {kDemo, kShop, std::move(project)}};
}

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(db.write([](Session& s) { return add_organization(s, {kDemo, "Demo"}); }));
    ASSERT_TRUE(db.write([](Session& s) { return add_organization(s, {kGlobex, "Globex"}); }));
    ASSERT_TRUE(db.write([](Session& s) { return add_workspace(s, workspace(kDemo, kShop)); }));
    ASSERT_TRUE(db.write([](Session& s) { return add_workspace(s, workspace(kGlobex, kVault)); }));
  }
  Result<std::string> granted(const RoleBinding& given) {
    return db.write([=](Session& s) { return grant(s, given); });
  }
  Bindings bindings_of(const UserName& user, const WorkspaceName& in = kShop) {
    return db.read([=](Session& s) { return load_bindings(s, user, in); }).value();
  }
  std::int64_t revision(const WorkspaceName& of = kShop) {
    return db.read([=](Session& s) { return bindings_revision(s, of); }).value();
  }
  Workspace found(const WorkspaceName& name) {
    return db.read([=](Session& s) { return find_workspace(s, name); }).value();
  }
  template <class F>
  Code failure(F work) {
    auto done = db.write(std::move(work));
    return done ? Code{} : done.error().code;
  }
  TempDatabase db{{migrations()}};
};

TEST_F(StoreTest, AWorkspaceComesBackAsItWasStored) {
  auto stored = found(kShop);
  EXPECT_EQ(stored.organization, kDemo);
  EXPECT_EQ(stored.display, "A place");
  EXPECT_EQ(std::get<KubeconfigFile>(stored.cluster).path, "/data/kubeconfig");
  EXPECT_EQ(stored.policy, WorkspacePolicy());
  EXPECT_EQ(stored.projects, (std::vector{ProjectName("data"), kWeb}));
  EXPECT_EQ(stored.bindings_revision, 1);
}

TEST_F(StoreTest, ListsAreSorted) {
  EXPECT_EQ(db.read(workspaces).value(), (std::vector{kShop, kVault}));
  auto all = db.read(organizations).value();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].display, "Demo");
}

TEST_F(StoreTest, EachMemberOfThePolicyIsKeptByItself) {
  using Change = void (*)(WorkspacePolicy&);
  const Change changes[] = {
      [](WorkspacePolicy& p) { p.allow_external_model = true; },
      [](WorkspacePolicy& p) { p.allow_unattended_approval = false; },
      [](WorkspacePolicy& p) { p.low = ApprovalRule::approve; },
      [](WorkspacePolicy& p) { p.medium = ApprovalRule::never; },
      [](WorkspacePolicy& p) { p.high = ApprovalRule::run; },
  };
  for (auto change : changes) {
    WorkspacePolicy policy;
    change(policy);
    ASSERT_TRUE(db.write([=](Session& s) { return set_policy(s, kShop, policy); }));
    EXPECT_EQ(found(kShop).policy, policy);
  }
  EXPECT_EQ(found(kVault).policy, WorkspacePolicy());
}

TEST_F(StoreTest, EveryKindOfClusterReferenceIsKept) {
  const ClusterReference all[] = {KubeconfigFile{"/x"}, SealedKubeconfig{std::string("\0\xff", 2)}, InCluster{}};
  for (const auto& cluster : all) {
    ASSERT_TRUE(db.write([=](Session& s) { return set_cluster(s, kShop, cluster); }));
    EXPECT_EQ(found(kShop).cluster, cluster);
  }
}

TEST_F(StoreTest, NamesAreCheckedAndUnique) {
  EXPECT_EQ(failure([](Session& s) { return add_organization(s, {kDemo, "Again"}); }), Code::conflict);
  EXPECT_EQ(failure([](Session& s) { return add_organization(s, {OrganizationName("../x"), ""}); }), Code::invalid);
  EXPECT_EQ(failure([](Session& s) { return add_workspace(s, workspace(kGlobex, kShop)); }), Code::conflict)
      << "a path names the workspace alone";
  EXPECT_EQ(failure([](Session& s) { return add_workspace(s, workspace(kDemo, WorkspaceName("A"))); }), Code::invalid);
  EXPECT_EQ(failure([](Session& s) { return add_workspace(s, workspace(OrganizationName("no"), WorkspaceName("n"))); }),
            Code::not_found);
  EXPECT_EQ(failure([](Session& s) { return add_project(s, kShop, kWeb); }), Code::conflict);
  EXPECT_EQ(failure([](Session& s) { return add_project(s, kShop, ProjectName("")); }), Code::invalid);
  EXPECT_EQ(failure([](Session& s) { return add_project(s, WorkspaceName("no"), kWeb); }), Code::not_found);
}

TEST_F(StoreTest, WhatIsNotThereIsNotFound) {
  const WorkspaceName none("none");
  EXPECT_EQ(failure([&](Session& s) { return find_workspace(s, none); }), Code::not_found);
  EXPECT_EQ(failure([&](Session& s) { return load_bindings(s, kErin, none); }), Code::not_found);
  EXPECT_EQ(failure([&](Session& s) { return list_bindings(s, none); }), Code::not_found);
  EXPECT_EQ(failure([&](Session& s) { return set_policy(s, none, {}); }), Code::not_found);
  EXPECT_EQ(failure([&](Session& s) { return set_cluster(s, none, InCluster{}); }), Code::not_found);
  EXPECT_EQ(failure([&](Session& s) { return remove_project(s, kShop, ProjectName("none")); }), Code::not_found);
}

TEST_F(StoreTest, AGrantIsLoadedWithTheRevisionItMoved) {
  auto id = granted(binding(kErin, Role::editor, kWeb));
  ASSERT_TRUE(id);
  auto loaded = bindings_of(kErin);
  auto want = binding(kErin, Role::editor, kWeb);
  want.id = *id;
  EXPECT_EQ(loaded.bindings, std::vector{want});
  EXPECT_EQ(loaded.revision, 2);
  EXPECT_TRUE(bindings_of(UserName("vic")).bindings.empty());
  EXPECT_TRUE(bindings_of(kErin, kVault).bindings.empty());
  EXPECT_EQ(revision(kVault), 1) << "another workspace's revision stands still";
}

TEST_F(StoreTest, ARevocationMovesTheRevisionAndIsGone) {
  auto id = granted(binding(kErin, Role::editor)).value();
  auto revoked = db.write([=](Session& s) { return revoke(s, kShop, id); });
  ASSERT_TRUE(revoked);
  EXPECT_EQ(revoked->role, Role::editor);
  EXPECT_TRUE(bindings_of(kErin).bindings.empty());
  EXPECT_EQ(revision(), 3);
  EXPECT_EQ(failure([=](Session& s) { return revoke(s, kShop, id); }), Code::not_found);
}

TEST_F(StoreTest, ABindingCannotBeRevokedThroughAnotherWorkspace) {
  auto id = granted(binding(kErin, Role::editor)).value();
  EXPECT_EQ(failure([=](Session& s) { return revoke(s, kVault, id); }), Code::not_found);
  EXPECT_EQ(bindings_of(kErin).bindings.size(), 1u);
}

TEST_F(StoreTest, ARevisionMovesOnlyWithItsTransaction) {
  auto rolled_back = db.write([](Session& s) -> Done {
    EXPECT_TRUE(grant(s, binding(kErin, Role::admin)));
    return foundation::fail(Code::denied, "no");
  });
  EXPECT_FALSE(rolled_back);
  EXPECT_EQ(revision(), 1);
  EXPECT_TRUE(bindings_of(kErin).bindings.empty());
}

TEST_F(StoreTest, GrantsThatMakeNoSenseAreRefused) {
  ASSERT_TRUE(granted(binding(kErin, Role::viewer)));
  EXPECT_EQ(granted(binding(kErin, Role::viewer)).error().code, Code::conflict);
  EXPECT_EQ(granted(binding(UserName("E"), Role::viewer)).error().code, Code::invalid);
  EXPECT_EQ(granted(binding(kErin, Role::viewer, ProjectName("none"))).error().code, Code::not_found);
  EXPECT_EQ(granted(binding(kErin, Role::viewer, ProjectName(""))).error().code, Code::invalid);
  auto foreign = binding(kErin, Role::admin);
  foreign.scope.organization = kGlobex;
  EXPECT_EQ(granted(foreign).error().code, Code::not_found) << "the workspace is of another organization";
}

TEST_F(StoreTest, ABindingIsNeverChangedInPlace) {
  ASSERT_TRUE(granted(binding(kErin, Role::viewer)));
  EXPECT_EQ(failure([](Session& s) { return s.execute("UPDATE role_bindings SET role = 'admin'"); }), Code::invalid);
}

TEST_F(StoreTest, RemovingAProjectRevokesItsBindingsOnly) {
  ASSERT_TRUE(granted(binding(kErin, Role::editor, kWeb)));
  ASSERT_TRUE(granted(binding(kErin, Role::viewer)));
  auto before = revision();
  ASSERT_TRUE(db.write([](Session& s) { return remove_project(s, kShop, kWeb); }));
  auto left = bindings_of(kErin);
  ASSERT_EQ(left.bindings.size(), 1u);
  EXPECT_EQ(left.bindings[0].role, Role::viewer);
  EXPECT_GT(left.revision, before);
}

TEST_F(StoreTest, ReplacedProjectsKeepTheBindingsOfThoseThatStay) {
  ASSERT_TRUE(granted(binding(kErin, Role::editor, kWeb)));
  ASSERT_TRUE(granted(binding(kErin, Role::viewer, ProjectName("data"))));
  auto replace = [&](std::vector<ProjectName> with) {
    return db.write([=](Session& s) { return set_projects(s, kShop, with); });
  };
  ASSERT_TRUE(replace({kWeb, ProjectName("new")}));
  EXPECT_EQ(found(kShop).projects, (std::vector{ProjectName("new"), kWeb}));
  ASSERT_EQ(bindings_of(kErin).bindings.size(), 1u);
  EXPECT_EQ(bindings_of(kErin).bindings[0].scope.project, kWeb);
  EXPECT_EQ(replace({ProjectName("a"), ProjectName("../x")}).error().code, Code::invalid);
  EXPECT_EQ(found(kShop).projects.size(), 2u) << "all of it, or nothing";
  ASSERT_TRUE(replace({}));
  EXPECT_TRUE(found(kShop).projects.empty());
  EXPECT_EQ(failure([](Session& s) { return set_projects(s, WorkspaceName("none"), {}); }), Code::not_found);
}

TEST_F(StoreTest, WorkspacesAreListedByOrganization) {
  auto in = [&](const OrganizationName& organization) {
    return db.read([=](Session& s) { return workspaces_in(s, organization); }).value();
  };
  ASSERT_EQ(in(kDemo).size(), 1u);
  EXPECT_EQ(in(kDemo)[0].name, kShop);
  EXPECT_EQ(in(kDemo)[0].projects.size(), 2u);
  EXPECT_TRUE(in(OrganizationName("none")).empty());
}

TEST_F(StoreTest, MembershipsAreTheWorkspacesWithAnyBinding) {
  ASSERT_TRUE(granted(binding(kErin, Role::viewer)));
  ASSERT_TRUE(granted(binding(kErin, Role::editor, kWeb)));
  auto of = [&](const UserName& user) { return db.read([=](Session& s) { return workspaces_of(s, user); }).value(); };
  EXPECT_EQ(of(kErin), std::vector{kShop});
  EXPECT_TRUE(of(UserName("gus")).empty());
}

TEST_F(StoreTest, WhoCanNamesHoldersOnceAndInTheirScope) {
  ASSERT_TRUE(granted(binding(UserName("ada"), Role::admin)));
  ASSERT_TRUE(granted(binding(kErin, Role::editor, kWeb)));
  ASSERT_TRUE(granted(binding(kErin, Role::viewer)));
  ASSERT_TRUE(granted(binding(UserName("vic"), Role::viewer)));
  auto who = [&](std::optional<ProjectName> project) {
    return db.read([=](Session& s) { return who_can(s, kShop, project, Permission::workloads_scale); }).value();
  };
  EXPECT_EQ(who(kWeb), (std::vector{UserName("ada"), kErin}));
  EXPECT_EQ(who(ProjectName("data")), std::vector{UserName("ada")});
  EXPECT_EQ(who(std::nullopt), std::vector{UserName("ada")});
}

}  // namespace
}  // namespace api::tenancy::store
