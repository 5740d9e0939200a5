// A database of before there were roles, denies and approval rules keeps its meaning.
#include <gtest/gtest.h>

#include "api/tenancy/store/store.h"
#include "foundation/database/temp_database.h"

namespace api::tenancy::store {
namespace {

using foundation::database::TempDatabase;

struct Before {
  int runs_on_command, proposer_may_approve;
  ApprovalRule now;
};
// What ran without anybody else, while a proposer could not approve, has no rule: the stricter one is taken.
constexpr Before kRules[] = {{0, 0, ApprovalRule::two_person},
                             {0, 1, ApprovalRule::approve},
                             {1, 0, ApprovalRule::two_person},
                             {1, 1, ApprovalRule::run}};

TEST(AuthorizationMigration, AnOldWorkspaceKeepsItsPolicyAndItsBindings) {
  TempDatabase db;
  ASSERT_TRUE(db->migrate(migrations().first(1)));
  auto sql = [&](std::string text) {
    auto done = db.write([text](Session& s) { return s.execute(text); });
    ASSERT_TRUE(done) << done.error().text();
  };
  sql("INSERT INTO organizations VALUES ('demo', 'Demo')");
  for (const auto& rule : kRules) {
    auto flags = std::to_string(rule.runs_on_command) + ", " + std::to_string(rule.proposer_may_approve);
    sql("INSERT INTO workspaces VALUES ('w" + std::to_string(&rule - kRules) +
        "', 'demo', 'W', 'in_cluster', x'', 1, 0, " + flags + ", 1, 1, " + flags + ", 7)");
  }
  sql("INSERT INTO role_bindings VALUES ('id-1', 'w0', '', 'erin', 'editor')");
  sql("UPDATE workspaces SET bindings_revision = 7");
  ASSERT_TRUE(db->migrate(migrations()));

  for (const auto& rule : kRules) {
    WorkspaceName name("w" + std::to_string(&rule - kRules));
    auto found = db.read([=](Session& s) { return find_workspace(s, name); });
    ASSERT_TRUE(found) << found.error().text();
    WorkspacePolicy want{.allow_external_model = true, .allow_unattended_approval = false, .low = rule.now};
    want.high = rule.now;
    EXPECT_EQ(found->policy, want) << name.str();
  }
  auto bound = db.read([](Session& s) { return load_bindings(s, UserName("erin"), WorkspaceName("w0")); }).value();
  EXPECT_EQ(bound.revision, 7);
  ASSERT_EQ(bound.bindings.size(), 1u);
  EXPECT_EQ(bound.bindings[0].id, "id-1");
  EXPECT_EQ(bound.bindings[0].role, Role::editor);
  EXPECT_FALSE(bound.bindings[0].denies());
  EXPECT_TRUE(db.write([](Session& s) { return revoke(s, WorkspaceName("w0"), "id-1"); }));
  EXPECT_EQ(db.read([](Session& s) { return bindings_revision(s, WorkspaceName("w0")); }), 8) << "the triggers too";
}

}  // namespace
}  // namespace api::tenancy::store
