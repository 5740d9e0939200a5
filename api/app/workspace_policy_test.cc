#include "api/app/workspace_policy.h"

#include <gtest/gtest.h>

namespace api::app {
namespace {

namespace json = foundation::json;
using tenancy::ApprovalRule;
using tenancy::WorkspacePolicy;

foundation::Result<PolicyChange> read(const char* text) {
  auto value = json::parse_strict(text).value();
  json::Fields fields(value);
  auto change = read_policy_change(fields);
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return change;
}

TEST(WorkspacePolicyTest, IsWrittenWithEveryMemberAndReadBack) {
  WorkspacePolicy policy{
      .allow_external_model = true, .allow_unattended_approval = false, .low = ApprovalRule::approve};
  policy.high = ApprovalRule::never;
  auto text = json::to_text(policy_json(policy));
  EXPECT_EQ(text, R"({"allow_external_model":true,"allow_unattended_approval":false,)"
                  R"("low":"approve","medium":"run","high":"never"})");
  WorkspacePolicy again;
  read(text.c_str())->apply_to(again);
  EXPECT_EQ(again, policy);
}

TEST(WorkspacePolicyTest, OnlyWhatIsNamedChanges) {
  WorkspacePolicy policy;
  auto change = read(R"({"medium":"two-person"})");
  ASSERT_TRUE(change);
  EXPECT_FALSE(change->empty());
  change->apply_to(policy);
  WorkspacePolicy want;
  want.medium = ApprovalRule::two_person;
  EXPECT_EQ(policy, want);
  EXPECT_TRUE(read("{}")->empty());
}

TEST(WorkspacePolicyTest, WhatIsWrongIsNamed) {
  EXPECT_EQ(read(R"({"allow_external_model":1})").error().doing, "$.allow_external_model");
  for (const char* wrong : {R"({"low":"two_person"})", R"({"low":true})", R"({"low":{"runs_on_command":true}})"})
    EXPECT_EQ(read(wrong).error().doing, "$.low") << wrong;
  EXPECT_EQ(read(R"({"extreme":"never"})").error().doing, "$.extreme");
}

}  // namespace
}  // namespace api::app
