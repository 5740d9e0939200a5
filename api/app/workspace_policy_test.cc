#include "api/app/workspace_policy.h"

#include <gtest/gtest.h>

namespace api::app {
namespace {

namespace json = foundation::json;
using tenancy::WorkspacePolicy;

foundation::Result<PolicyChange> read(const char* text) {
  auto value = json::parse_strict(text).value();
  json::Fields fields(value);
  auto change = read_policy_change(fields);
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return change;
}

TEST(WorkspacePolicyTest, IsWrittenWithEveryFlagAndReadBack) {
  WorkspacePolicy policy{.allow_external_model = true, .allow_unattended_approval = false, .low = {}, .medium = {}};
  policy.medium.runs_on_command = false;
  auto text = json::to_text(policy_json(policy));
  EXPECT_EQ(text, R"({"allow_external_model":true,"allow_unattended_approval":false,)"
                  R"("low":{"runs_on_command":true,"proposer_may_approve":true},)"
                  R"("medium":{"runs_on_command":false,"proposer_may_approve":true},)"
                  R"("high":{"runs_on_command":false,"proposer_may_approve":false}})");
  WorkspacePolicy again;
  read(text.c_str())->apply_to(again);
  EXPECT_EQ(again, policy);
}

TEST(WorkspacePolicyTest, OnlyWhatIsNamedChanges) {
  WorkspacePolicy policy;
  auto change = read(R"({"high":{"proposer_may_approve":true}})");
  ASSERT_TRUE(change);
  change->apply_to(policy);
  WorkspacePolicy want;
  want.high.proposer_may_approve = true;
  EXPECT_EQ(policy, want);
  EXPECT_TRUE(read("{}")->empty());
  EXPECT_TRUE(read(R"({"low":{}})")->empty());
}

TEST(WorkspacePolicyTest, WhatIsWrongIsNamed) {
  EXPECT_EQ(read(R"({"allow_external_model":1})").error().doing, "$.allow_external_model");
  EXPECT_EQ(read(R"({"low":{"run":true}})").error().doing, "$.low.run");
  EXPECT_EQ(read(R"({"low":[]})").error().doing, "$.low");
  EXPECT_EQ(read(R"({"extreme":{}})").error().doing, "$.extreme");
}

}  // namespace
}  // namespace api::app
