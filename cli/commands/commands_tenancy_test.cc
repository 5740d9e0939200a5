// Members, users, workspaces and invitations, against a fake control plane.
#include <fstream>

#include "cli/client/session_file.h"
#include "cli/commands/commands_lab.h"

namespace cli::commands {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kMembers = "/api/v1/workspaces/shop/members";
const std::string kRoles = "/api/v1/organizations/demo/roles";
const std::string kUsers = "/api/v1/organizations/demo/users";
const std::string kWorkspaces = "/api/v1/organizations/demo/workspaces";

struct Tenancy : Commands {
  Tenancy() {
    sign_in();
    fake.reply("GET " + kMembers, {{200, R"({"members":[
        {"id":"019b7d5a-0c1e-7011-8a3f-5d2c9e4b7a10","user":"ada","role":"admin","project":null},
        {"id":"019b7d5a-0c1f-7012-8a3f-5d2c9e4b7a10","user":"vic","role":"viewer","project":"shop","effect":"allow"}]})"}});
    fake.reply("GET " + kUsers, {{200, R"({"users":[
        {"name":"ada","display":"Ada","disabled":false,"manager":true},
        {"name":"vic","display":"","disabled":true,"manager":false}]})"}});
  }
};

TEST_F(Tenancy, MembersAreListed) {
  auto ran = run({"members"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out, " ada  admin           019b7d5a-0c1e…\n vic  viewer in shop  019b7d5a-0c1f…\n");
  EXPECT_THAT(run({"members", "list", "--output", "json"}).out, HasSubstr(R"({"members":[{"id":)"));
}

TEST_F(Tenancy, AMemberIsAddedInTheWorkspaceOrInOneProject) {
  fake.reply("POST " + kMembers, {{201, R"({"id":"i","user":"vic","role":"editor","project":null})"}});
  EXPECT_EQ(run({"members", "add", "vic", "editor"}).out, " vic is editor in workspace shop\n");
  EXPECT_EQ(fake.seen().back(), "POST " + kMembers + R"( {"user":"vic","role":"editor"})");
  EXPECT_EQ(run({"members", "add", "vic", "editor", "--project", "till"}).out, " vic is editor in project till\n");
  EXPECT_EQ(fake.seen().back(), "POST " + kMembers + R"( {"user":"vic","role":"editor","project":"till"})");
  EXPECT_EQ(run({"members", "add", "vic", "operator"}).exit, 0)
      << "which roles there are is the control plane's to say";
  EXPECT_EQ(run({"members", "add", "vic"}).exit, 2);
}

TEST_F(Tenancy, AMemberIsRemovedByABeginningOfItsId) {
  fake.reply("DELETE " + kMembers + "/019b7d5a-0c1f-7012-8a3f-5d2c9e4b7a10", {{204, ""}});
  auto ran = run({"members", "remove", "019b7d5a-0c1f…"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out, " vic is no longer viewer in shop\n");
  EXPECT_THAT(run({"members", "remove", "019b"}).err, HasSubstr("several begin so"));
}

TEST_F(Tenancy, AMemberIsDeniedARoleAndThatIsTakenBack) {
  fake.reply("POST " + kMembers, {{201, R"({"id":"i"})"}});
  EXPECT_EQ(run({"members", "add", "vic", "editor", "--project", "till", "--deny"}).out,
            " vic is denied editor in project till\n");
  EXPECT_EQ(fake.seen().back(),
            "POST " + kMembers + R"( {"user":"vic","role":"editor","project":"till","effect":"deny"})");
  fake.reply("GET " + kMembers, {{200, R"({"members":[
      {"id":"019b7d5a-0c1e-7011-8a3f-5d2c9e4b7a10","user":"vic","role":"editor","project":"till","effect":"deny"}]})"}});
  EXPECT_EQ(run({"members"}).out, " vic  denied editor in till  019b7d5a-0c1e…\n");
  fake.reply("DELETE " + kMembers + "/019b7d5a-0c1e-7011-8a3f-5d2c9e4b7a10", {{204, ""}});
  EXPECT_EQ(run({"members", "remove", "019b"}).out, " vic is no longer denied editor in till\n");
}

TEST_F(Tenancy, RolesAreListedAndDefined) {
  fake.reply("GET " + kRoles, {{200, R"({"roles":[
      {"name":"viewer","permissions":["objects.read","logs.read"],"built_in":true},
      {"name":"scaler","permissions":["workloads.scale"],"built_in":false}]})"}});
  EXPECT_EQ(run({"roles"}).out, " viewer  objects.read, logs.read  built in\n scaler  workloads.scale\n");
  fake.reply("POST " + kRoles, {{201, R"({"name":"scaler"})"}});
  EXPECT_EQ(run({"roles", "add", "scaler", "objects.read", "workloads.scale"}).out, " scaler is a role of demo\n");
  EXPECT_EQ(fake.seen().back(),
            "POST " + kRoles + R"( {"name":"scaler","permissions":["objects.read","workloads.scale"]})");
  fake.reply("PATCH " + kRoles + "/scaler", {{200, R"({"name":"scaler"})"}});
  EXPECT_EQ(run({"roles", "change", "scaler", "objects.read"}).out, " scaler is changed, for everybody who has it\n");
  EXPECT_EQ(fake.seen().back(), "PATCH " + kRoles + R"(/scaler {"permissions":["objects.read"]})");
  fake.reply("DELETE " + kRoles + "/scaler", {{204, ""}});
  EXPECT_EQ(run({"roles", "remove", "scaler"}).out, " scaler is no role any more\n");
  EXPECT_EQ(run({"roles", "add", "scaler"}).exit, 2) << "a role without a permission";
}

TEST_F(Tenancy, ASessionMayAskForFewerPermissions) {
  run({"logout"});
  auto ran = run({"login", "--user", "erin", "--permissions", "objects.read,events.read,logs.read", "--password-stdin"},
                 "only-an-example\n");
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(fake.seen().back(), R"(POST /api/v1/sessions {"user":"erin","password":"only-an-example",)"
                                R"("permissions":["objects.read","events.read","logs.read"]})");
  EXPECT_EQ(run({"login", "--invitation", "t", "--permissions", "objects.read", "--password-stdin"}, "p\n").exit, 2);
}

TEST_F(Tenancy, UsersAreThoseOfTheOnlyOrganization) {
  auto ran = run({"users"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out, " ada  Ada  manager\n vic                disabled\n");
  fake.reply("GET /api/v1/me", {{200, R"({"organizations":[{"name":"demo"},{"name":"globex"}]})"}});
  auto several = run({"users"});
  EXPECT_EQ(several.exit, 2);
  EXPECT_THAT(several.err, HasSubstr("demo, globex\n     name one: --organization NAME"));
  EXPECT_EQ(run({"users", "--organization", "demo"}).exit, 0);
  EXPECT_EQ(run({"users", "list", "--organization", "globex"}).exit, 1);
}

TEST_F(Tenancy, ANewUserGetsAnInvitationOrAPassword) {
  fake.reply("POST " + kUsers, {{201, FakeControlPlane::example("user.invited.json")}});
  auto invited = run({"users", "add", "nina", "--display", "Nina"});
  EXPECT_EQ(fake.seen().back(), "POST " + kUsers + R"( {"name":"nina","display":"Nina"})");
  EXPECT_EQ(invited.out,
            " nina is a user of demo\n To set a password, once and until 2026-01-03 03:04:05 UTC: hks --server " +
                fake.url() + " login --invitation Pzrx7Ou9FBCrQX7A0nu_y100Dhd64Vm1n8hibC39kXU\n");
  fake.reply("POST " + kUsers, {{201, R"({"user":{"name":"eve"}})"}});
  auto ran = run({"users", "add", "eve", "--password-stdin"}, "only-an-example\n");
  EXPECT_EQ(ran.out, " eve is a user of demo\n");
  EXPECT_THAT(fake.seen().back(), HasSubstr(R"("password":"only-an-example")"));
  EXPECT_EQ(run({"users", "add", "eve", "--password-stdin"}, "").exit, 2);
}

TEST_F(Tenancy, AUserIsChangedByOneWord) {
  fake.reply("PATCH " + kUsers + "/vic", {{200, R"({"user":{"name":"vic"}})"}});
  for (auto [verb, body] : {std::pair("disable", R"({"disabled":true})"),
                            {"enable", R"({"disabled":false})"},
                            {"promote", R"({"manager":true})"},
                            {"demote", R"({"manager":false})"},
                            {"invite", R"({"new_invitation":true})"}}) {
    auto ran = run({"users", verb, "vic"});
    EXPECT_EQ(ran.exit, 0) << ran.err;
    EXPECT_EQ(fake.seen().back(), "PATCH " + kUsers + "/vic " + body);
    EXPECT_TRUE(ran.out.starts_with(" vic is ")) << ran.out;
  }
}

TEST_F(Tenancy, WorkspacesAreTheUsersOwnOrAllOfTheOrganization) {
  EXPECT_EQ(run({"workspaces"}).out, " shop  demo\n");
  fake.set_workspaces({"shop", "till"});
  EXPECT_EQ(run({"workspaces"}).exit, 0) << "nothing to choose";
  fake.reply("GET " + kWorkspaces,
             {{200, R"({"workspaces":[{"name":"till","organization":"demo","projects":["a","b"]}]})"}});
  EXPECT_EQ(run({"workspaces", "list", "--all"}).out, " till  demo  a, b\n");
}

TEST_F(Tenancy, AWorkspaceIsAddedWithItsKubeconfig) {
  auto kubeconfig = folder / "kubeconfig";
  std::ofstream(kubeconfig) << "apiVersion: v1\n";
  fake.reply("POST " + kWorkspaces, {{201, R"({"name":"till"})"}});
  auto ran = run({"workspaces", "add", "till", "--project", "a", "--project", "b", "--kubeconfig", kubeconfig});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out, " till is a workspace of demo\n");
  EXPECT_EQ(fake.seen().back(),
            "POST " + kWorkspaces + R"( {"projects":["a","b"],"kubeconfig":"apiVersion: v1\n","name":"till"})");
  EXPECT_EQ(run({"workspaces", "add", "till", "--project", "a"}).exit, 2);
  EXPECT_EQ(run({"workspaces", "add", "till", "--project", "a", "--kubeconfig", "/no/such/file"}).exit, 1);
  fake.reply("PATCH " + kWorkspaces + "/till", {{200, R"({"name":"till"})"}});
  EXPECT_EQ(run({"workspaces", "change", "till", "--project", "c"}).out, " till is changed\n");
  EXPECT_EQ(fake.seen().back(), "PATCH " + kWorkspaces + R"(/till {"projects":["c"]})");
}

// The route was there, and nothing that spoke to it.
TEST_F(Tenancy, AWorkspacesPolicyIsChanged) {
  fake.reply("PATCH " + kWorkspaces + "/till", {{200, R"({"name":"till"})"}});
  auto ran = run({"workspaces", "change", "till", "--policy", "allow_unattended_approval=off", "--policy",
                  "low=approve", "--policy", "high=never"});
  EXPECT_EQ(ran.out, " till is changed\n") << ran.err;
  EXPECT_EQ(fake.seen().back(),
            "PATCH " + kWorkspaces +
                R"(/till {"policy":{"allow_unattended_approval":false,"low":"approve","high":"never"}})");
  auto asked = fake.seen().size();
  for (const char* wrong : {"low", "low=", "=on", "=", ""})
    EXPECT_EQ(run({"workspaces", "change", "till", "--policy", wrong}).exit, 2) << wrong;
  EXPECT_EQ(fake.seen().size(), asked);
}

TEST_F(Tenancy, AnInvitationSetsAPasswordAndSignsIn) {
  run({"logout"});
  fake.reply("POST /api/v1/invitations", {{201, FakeControlPlane::example("sign_in.reply.json")}});
  auto ran = run({"login", "--invitation", "one-time", "--password-stdin"}, "a new password\n");
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Signed in as erin"));
  EXPECT_EQ(fake.seen().back(), R"(POST /api/v1/invitations {"token":"one-time","password":"a new password"})");
  EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("a new password")));
  auto saved = client::load_session(file);
  ASSERT_TRUE(saved && *saved);
  EXPECT_EQ(run({"users"}).exit, 0);
}

TEST_F(Tenancy, AnInvitationsLinkNamesTheServer) {
  run({"logout"});
  fake.reply("POST /api/v1/invitations", {{201, FakeControlPlane::example("sign_in.reply.json")}});
  auto ran = run_at("", {"login", "--invitation", fake.url() + "/welcome#one-time", "--password-stdin"}, "p\n");
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(fake.seen().back(), HasSubstr(R"({"token":"one-time",)"));
}

TEST_F(Tenancy, AUsedInvitationIsToldAndKeepsNothing) {
  run({"logout"});
  fake.reply("POST /api/v1/invitations", {{401, FakeControlPlane::example("problem.invalid_token.json")}});
  EXPECT_EQ(run({"login", "--invitation", "one-time", "--password-stdin"}, "p\n").exit, 5);
  EXPECT_FALSE(fs::exists(file));
  EXPECT_EQ(run({"login", "--invitation", "one-time", "--user", "erin", "--password-stdin"}, "p\n").exit, 2);
}

}  // namespace
}  // namespace cli::commands
