#include "api/tenancy/store/seed.h"

#include <gtest/gtest.h>

#include <fstream>

#include "foundation/database/temp_database.h"

namespace api::tenancy::store {
namespace {

using foundation::Code;
using foundation::database::TempDatabase;

constexpr std::string_view kSeed = R"(
organizations = [{name = "demo", display = "Demo"}, {name = "globex", display = "Globex"}]

[[workspaces]]
name = "shop"
organization = "demo"
display = "Shop"
projects = ["web", "data"]
kubeconfig = "clusters/shop.yaml"

[[workspaces]]
name = "vault"
organization = "globex"
display = "Vault"
projects = []
kubeconfig = "in-cluster"

[[users]]
name = "erin"
display = "Erin"
organization = "demo"
bindings = [{workspace = "shop", role = "viewer"}, {workspace = "shop", project = "web", role = "editor"}]

[[users]]
name = "gus"
display = "Gus"
organization = "globex"
)";

std::string without(std::string_view part, std::string_view instead = "") {
  std::string text(kSeed);
  auto at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return text.replace(at, part.size(), instead);
}

std::string refusal(const std::string& toml) {
  auto seed = parse_seed(toml, "/etc/hks");
  if (seed) return "accepted";
  EXPECT_EQ(seed.error().code, Code::invalid);
  return seed.error().cause;
}

TEST(SeedTest, IsReadWithPathsRelativeToItsFolder) {
  auto seed = parse_seed(kSeed, "/etc/hks");
  ASSERT_TRUE(seed) << seed.error().text();
  ASSERT_EQ(seed->workspaces.size(), 2u);
  EXPECT_EQ(seed->workspaces[0].cluster, ClusterReference(KubeconfigFile{"/etc/hks/clusters/shop.yaml"}));
  EXPECT_EQ(seed->workspaces[0].projects, (std::vector{ProjectName("data"), ProjectName("web")}));
  EXPECT_EQ(seed->workspaces[1].cluster, ClusterReference(InCluster{}));
  ASSERT_EQ(seed->users.size(), 2u);
  EXPECT_EQ(seed->users[0].display, "Erin");
  ASSERT_EQ(seed->users[0].bindings.size(), 2u);
  EXPECT_EQ(seed->users[0].bindings[1].scope.project, ProjectName("web"));
  EXPECT_EQ(seed->users[0].bindings[1].role, Role::editor);
  EXPECT_FALSE(seed->users[0].manager);
  auto with = parse_seed(std::string(kSeed) + "manager = true\n", "/etc/hks");
  ASSERT_TRUE(with);
  EXPECT_TRUE(with->users[1].manager);
}

TEST(SeedTest, MistakesAreNamedWithTheirPlace) {
  EXPECT_EQ(refusal(without("display = \"Shop\"\n")), "workspaces[0].display: missing");
  EXPECT_EQ(refusal(without("\"Shop\"", "5")), "workspaces[0].display: not a string");
  EXPECT_EQ(refusal(without("projects = []", "projects = [5]")), "workspaces[1].projects: not an array of strings");
  EXPECT_EQ(refusal(without("projects = []\n")), "workspaces[1].projects: missing");
  EXPECT_EQ(refusal(without("\"data\"", "\"web\"")), "workspaces[0].projects: twice");
  EXPECT_EQ(refusal(without("\"data\"", "\"../x\"")), "workspaces[0].projects: not a name by RFC 1123");
  EXPECT_EQ(refusal(without("name = \"gus\"", "name = \"erin\"")), "users[1].name: twice");
  EXPECT_EQ(refusal(without("role = \"viewer\"", "role = \"root\"")), "users[0].bindings[0].role: no such role");
  EXPECT_EQ(refusal(without("project = \"web\"", "project = \"none\"")),
            "users[0].bindings[1].project: no such project in the workspace");
  EXPECT_EQ(refusal(without("workspace = \"shop\"", "workspace = \"vault\"")),
            "users[0].bindings[0].workspace: no such workspace in the user's organization");
  EXPECT_EQ(refusal(without("organization = \"globex\"", "organization = \"acme\"")),
            "workspaces[1].organization: no such organization");
  EXPECT_EQ(refusal(std::string(kSeed) + "password = \"x\"\n"), "users[1].password: unknown key");
  EXPECT_EQ(refusal(std::string(kSeed) + "manager = \"x\"\n"), "users[1].manager: not true or false");
  EXPECT_EQ(refusal("workspaces = 5"), "workspaces: not an array of tables");
  EXPECT_EQ(refusal("users = [5]"), "users: not an array of tables");
  EXPECT_EQ(refusal("extra = 1"), "extra: unknown key");
  EXPECT_TRUE(refusal("a = 1\nb = = 2").starts_with("line 2: "));
}

TEST(SeedTest, AFileIsReadFromItsFolderAndAMissingOneIsNotFound) {
  foundation::database::TempFolder folder;
  std::ofstream(folder.path() / "seed.toml") << kSeed;
  auto seed = read_seed(folder.path() / "seed.toml");
  ASSERT_TRUE(seed);
  EXPECT_EQ(seed->workspaces[0].cluster,
            ClusterReference(KubeconfigFile{(folder.path() / "clusters/shop.yaml").string()}));
  EXPECT_EQ(read_seed(folder.path() / "none.toml").error().code, Code::not_found);
}

class ApplySeedTest : public testing::Test {
 protected:
  Done apply(const Seed& wanted) {
    return db.write([=](Session& s) { return apply_seed(s, wanted); });
  }
  Bindings erins() {
    return db.read([](Session& s) { return load_bindings(s, UserName("erin"), WorkspaceName("shop")); }).value();
  }
  Seed seed = parse_seed(kSeed, "/etc/hks").value();
  TempDatabase db{{migrations()}};
};

TEST_F(ApplySeedTest, TwiceIsTheSameAsOnce) {
  ASSERT_TRUE(apply(seed));
  auto once = erins();
  EXPECT_EQ(once.bindings.size(), 2u);
  ASSERT_TRUE(apply(seed));
  EXPECT_EQ(erins().bindings, once.bindings);
  EXPECT_EQ(erins().revision, once.revision);
}

TEST_F(ApplySeedTest, AddsWhatIsNewAndFollowsTheCluster) {
  ASSERT_TRUE(apply(seed));
  seed.workspaces[0].cluster = KubeconfigFile{"/elsewhere"};
  seed.workspaces[0].projects.emplace_back("new");
  ASSERT_TRUE(apply(seed));
  auto shop = db.read([](Session& s) { return find_workspace(s, WorkspaceName("shop")); }).value();
  EXPECT_EQ(shop.cluster, ClusterReference(KubeconfigFile{"/elsewhere"}));
  EXPECT_EQ(shop.projects.size(), 3u);
}

TEST_F(ApplySeedTest, AKubeconfigOfTheOrganizationsOwnStandsAndSoDoItsProjects) {
  ASSERT_TRUE(apply(seed));
  const WorkspaceName shop("shop");
  ASSERT_TRUE(db.write([&](Session& s) { return set_cluster(s, shop, SealedKubeconfig{"sealed"}); }));
  ASSERT_TRUE(db.write([&](Session& s) { return set_projects(s, shop, {ProjectName("own")}); }));
  seed.users[1].bindings.push_back(
      {"", UserName("gus"), Role::viewer, {OrganizationName("demo"), shop, ProjectName("web")}});
  ASSERT_TRUE(apply(seed)) << "a binding to a project that is gone is no reason not to start";
  auto found = db.read([&](Session& s) { return find_workspace(s, shop); }).value();
  EXPECT_EQ(found.cluster, ClusterReference(SealedKubeconfig{"sealed"}));
  EXPECT_EQ(found.projects, std::vector{ProjectName("own")});
}

TEST_F(ApplySeedTest, ARevokedBindingStaysRevoked) {
  ASSERT_TRUE(apply(seed));
  auto id = erins().bindings[0].id;
  ASSERT_TRUE(db.write([=](Session& s) { return revoke(s, WorkspaceName("shop"), id); }));
  ASSERT_TRUE(apply(seed));
  EXPECT_EQ(erins().bindings.size(), 1u);
}

TEST_F(ApplySeedTest, AWorkspaceNeverChangesItsOrganization) {
  ASSERT_TRUE(apply(seed));
  seed.workspaces[0].organization = OrganizationName("globex");
  EXPECT_EQ(apply(seed).error().code, Code::conflict);
}

}  // namespace
}  // namespace api::tenancy::store
