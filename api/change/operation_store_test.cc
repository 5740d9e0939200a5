// What is stored of an operation comes back, and a completion happens once.
#include "api/change/operation_store.h"

#include <gtest/gtest.h>

#include "api/change/approval_store.h"
#include "foundation/database/temp_database.h"

namespace api::change {
namespace {

using foundation::Code;

OperationRow intent(std::string id, std::string call_id) {
  return {.id = std::move(id),
          .turn = "turn-1",
          .call_id = std::move(call_id),
          .body_digest = "sha256:body",
          .organization = "demo",
          .workspace = "shop",
          .user = "erin",
          .name = "scale",
          .arguments = {{"replicas", 5}},
          .state = "intended",
          .op_hash = "sha256:op",
          .plan = {.target = {"Deployment", "shop", "web", "uid-1"},
                   .subresource = "scale",
                   .fields_read = {{"/spec/replicas", 3}},
                   .patch = {{"spec", {{"replicas", 5}}}},
                   .before = {{"replicas", 3}},
                   .after = {{"replicas", 5}},
                   .diff = "- replicas: 3\n+ replicas: 5\n",
                   .risk = operations::Risk::medium,
                   .already_so = false},
          .written_on = {"100", 7},
          .answer = std::nullopt};
}

struct OperationStore : testing::Test {
  template <class F>
  auto write(F work) {
    return database.write(std::move(work));
  }
  foundation::Done add(const OperationRow& row) {
    return write([row](Session& session) { return add_operation(session, row); });
  }
  std::optional<OperationRow> find(std::string call_id) {
    return database.read([call_id](Session& session) { return find_call(session, "turn-1", call_id); }).value();
  }
  std::vector<OperationRow> open() {
    return database.read([](Session& s) { return unfinished(s); }).value();
  }
  foundation::database::TempDatabase database{{migrations()}};
};

TEST_F(OperationStore, AnIntentComesBackWhole) {
  auto row = intent("op-1", "call-1");
  row.plan.form = operations::PatchForm::strategic;
  ASSERT_TRUE(add(row));
  auto found = find("call-1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, row.id);
  EXPECT_EQ(found->body_digest, row.body_digest);
  EXPECT_EQ(found->organization + found->workspace + found->user + found->name, "demoshoperinscale");
  EXPECT_EQ(found->arguments, row.arguments);
  EXPECT_EQ(found->op_hash, row.op_hash);
  EXPECT_EQ(found->plan.target, row.plan.target);
  EXPECT_EQ(found->plan.subresource, "scale");
  EXPECT_EQ(found->plan.form, operations::PatchForm::strategic);
  EXPECT_EQ(found->plan.fields_read, row.plan.fields_read);
  EXPECT_EQ(found->plan.patch, row.plan.patch);
  EXPECT_EQ(found->plan.before, row.plan.before);
  EXPECT_EQ(found->plan.after, row.plan.after);
  EXPECT_EQ(found->plan.diff, row.plan.diff);
  EXPECT_EQ(found->plan.risk, row.plan.risk);
  EXPECT_EQ(found->written_on.resource_version, "100");
  EXPECT_EQ(found->written_on.generation, 7);
  EXPECT_FALSE(found->answer);
}

TEST_F(OperationStore, ACallIsStoredOncePerTurn) {
  ASSERT_TRUE(add(intent("op-1", "call-1")));
  auto again = add(intent("op-2", "call-1"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::conflict);
  EXPECT_FALSE(find("call-2"));
}

TEST_F(OperationStore, ACompletionHappensOnceAndItsAnswerStays) {
  ASSERT_TRUE(add(intent("op-1", "call-1")));
  EXPECT_EQ(open().size(), 1u);
  auto complete = [&](std::string state, int status) {
    return write(
        [=](Session& session) { return complete_operation(session, "op-1", state, {status, {{"state", state}}}); });
  };
  ASSERT_TRUE(complete("executed", 200));
  auto again = complete("failed", 502);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::conflict);
  EXPECT_EQ(find("call-1")->state, "executed");
  EXPECT_EQ(find("call-1")->answer->status, 200);
  EXPECT_EQ(find("call-1")->answer->body, (json::Object{{"state", "executed"}}));
  EXPECT_TRUE(open().empty());
}

TEST_F(OperationStore, OnlyAnUnfinishedIntentIsRewritten) {
  ASSERT_TRUE(add(intent("op-1", "call-1")));
  auto rewrite = [&] { return write([](Session& session) { return rewrite_intent(session, "op-1", {"205", 8}); }); };
  ASSERT_TRUE(rewrite());
  EXPECT_EQ(find("call-1")->written_on.resource_version, "205");
  EXPECT_EQ(find("call-1")->written_on.generation, 8);
  ASSERT_TRUE(write([](Session& session) { return complete_operation(session, "op-1", "executed", {200, {}}); }));
  auto late = rewrite();
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::conflict);
}

TEST_F(OperationStore, ATurnIsBoundedAndAnotherTurnIsNotTouchedByIt) {
  for (int i = 0; i < kMaxOperationsPerTurn; ++i)
    ASSERT_TRUE(add(intent("op-" + std::to_string(i), "call-" + std::to_string(i))));
  auto over = add(intent("op-over", "call-over"));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Code::rate_limited);
  auto other = intent("op-other", "call-1");
  other.turn = "turn-2";
  EXPECT_TRUE(add(other));
}

TEST_F(OperationStore, ADamagedRowIsAnErrorAndNotAnotherOperation) {
  ASSERT_TRUE(add(intent("op-1", "call-1")));
  ASSERT_TRUE(write([](Session& session) { return session.execute("UPDATE operations SET plan = '[1,'"); }));
  auto found = database.read([](Session& session) { return find_call(session, "turn-1", "call-1"); });
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::corrupt);
}

TEST(OperationRetention, OldOperationsGoWithTheirApprovalsAndIntentsStay) {
  foundation::ManualClock clock{WallTime(foundation::Milliseconds(1'800'000'000'000))};
  foundation::database::TempDatabase database{{migrations()}, &clock};
  auto count = [&](const std::string& table) {
    return database.read([table](Session& s) { return s.query("SELECT count(*) FROM " + table, {}); })
        ->front()
        .integer(0);
  };
  auto done = database.write([](Session& session) -> Done {
    auto waiting = intent("op-2", "call-2");
    waiting.state = "proposed";
    ApprovalRow approval{.id = "a-2",
                         .operation_id = "op-2",
                         .turn = "turn-1",
                         .workspace = "shop",
                         .project = "shop",
                         .proposer = "erin",
                         .ceiling = {},
                         .op_hash = "sha256:op",
                         .expires_at = session.now() + kApprovalTime};
    for (const auto& row : {intent("op-1", "call-1"), waiting})
      if (auto added = add_operation(session, row); !added) return added;
    return add_approval(session, approval);
  });
  ASSERT_TRUE(done) << done.error().text();
  auto clean = [&] { return database.write([](Session& s) { return delete_old_operations(s); }).value_or(-1); };
  clock.advance(kKeepOperations);
  EXPECT_EQ(clean(), 0);
  clock.advance(foundation::Milliseconds(1));
  EXPECT_EQ(clean(), 1);
  EXPECT_EQ(count("approvals"), 0);
  EXPECT_EQ(count("operations"), 1) << "what may still run stays";
}

}  // namespace
}  // namespace api::change
