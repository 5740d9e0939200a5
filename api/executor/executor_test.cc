// What is sent to the cluster, and what is seen of it afterwards.
#include "api/executor/executor.h"

#include <gtest/gtest.h>

#include "api/executor/fake_cluster.h"
#include "api/operations/catalogue.h"
#include "api/policy/decide.h"
#include "api/policy/op_hash.h"

namespace api::executor {
namespace {

using foundation::Code;
using foundation::Done;
using foundation::kubernetes::ObjectView;
using Fake = FakeCluster;

policy::AuthorizedOperation scale_web(Fake& fake, int replicas) {
  const auto& scale = *operations::find_operation("scale");
  json::Object arguments{{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}, {"replicas", replicas}};
  auto plan = scale.plan(arguments, fake.view("web"), {}).value();
  auto hash = policy::op_hash(scale, arguments, plan, "shop", "erin", "turn-1").value();
  return policy::take_up(scale, arguments, plan, "shop", "erin", "turn-1", hash).value();
}

struct ExecutorTest : testing::Test {
  ExecutorTest() { fake.add("web", 3); }
  // Runs one task on a loop of its own.
  template <class T>
  foundation::Result<T> run(async::Task<T> task) {
    std::optional<foundation::Result<T>> result;
    async::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr thrown, foundation::Result<T> got) {
      EXPECT_FALSE(thrown);
      result.emplace(std::move(got));
    });
    loop.run_for(std::chrono::seconds(60));
    if (!result) return foundation::fail(Code::internal, "run", "the task hangs");
    return std::move(*result);
  }
  Fake fake;
  cluster::Cluster cluster = fake.cluster();
  Executor executor{*cluster.reader, *cluster.writer};
  async::Context ctx;
  async::asio::io_context loop{1};
};

TEST_F(ExecutorTest, AWriteCarriesTheVersionThatWasReadAndTheOperationsName) {
  auto operation = scale_web(fake, 5);
  ASSERT_TRUE(run(executor.write(ctx, operation, "op-1", "101")));
  ASSERT_EQ(fake.written.size(), 1u);
  const auto& sent = fake.written[0];
  EXPECT_EQ(sent.target, (foundation::kubernetes::ObjectRef{"Deployment", "shop", "web", "uid-web"}));
  EXPECT_EQ(sent.subresource, "scale");
  EXPECT_EQ(sent.fields, (json::Object{{"spec", {{"replicas", 5}}}}));
  EXPECT_EQ(sent.resource_version, "101");
  EXPECT_EQ(sent.field_manager, "hks-op-1");
  EXPECT_FALSE(sent.dry_run);
  EXPECT_EQ(fake.replicas("web"), 5);
}

TEST_F(ExecutorTest, ADryRunAsksTheSameAndChangesNothing) {
  auto operation = scale_web(fake, 5);
  ASSERT_TRUE(run(executor.dry_run(ctx, operation, "op-1", "101")));
  ASSERT_EQ(fake.rehearsed.size(), 1u);
  EXPECT_TRUE(fake.written.empty());
  EXPECT_TRUE(fake.rehearsed[0].dry_run);
  EXPECT_EQ(fake.rehearsed[0].resource_version, "101");
  EXPECT_EQ(fake.rehearsed[0].subresource, "scale");
  EXPECT_EQ(fake.replicas("web"), 3);
}

TEST_F(ExecutorTest, AMovedObjectIsAConflictAndIsNeverForced) {
  auto operation = scale_web(fake, 5);
  fake.touch_status("web");
  auto written = run(executor.write(ctx, operation, "op-1", "101"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::conflict);
  EXPECT_EQ(fake.written.size(), 1u);
  EXPECT_EQ(fake.replicas("web"), 3);
}

TEST_F(ExecutorTest, AnAppliedWriteIsSeen) {
  auto operation = scale_web(fake, 5);
  ASSERT_TRUE(run(executor.write(ctx, operation, "op-1", "101")));
  loop.restart();
  auto seen = run(executor.wait_applied(ctx, operation));
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_EQ(ObjectView(json::View(*seen)).resource_version(), fake.view("web").resource_version());
}

TEST_F(ExecutorTest, LooksAgainUntilTheChangeShows) {
  auto operation = scale_web(fake, 5);
  fake.gets = {{}, Fake::refuses(Code::unavailable), Fake::after([&] { fake.scale("web", 5); })};
  EXPECT_TRUE(run(executor.wait_applied(ctx, operation)));
  EXPECT_TRUE(fake.gets.empty());
}

TEST_F(ExecutorTest, AnotherObjectOfTheSameNameIsNotTheOneThatWasWritten) {
  auto operation = scale_web(fake, 5);
  fake.recreate("web", 5);
  auto seen = run(executor.wait_applied(ctx, operation));
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, Code::conflict);
}

TEST_F(ExecutorTest, AGoneObjectIsNotWaitedFor) {
  auto operation = scale_web(fake, 5);
  fake.remove("web");
  auto seen = run(executor.wait_settled(ctx, operation));
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, Code::conflict);
}

TEST_F(ExecutorTest, ThePlanHoldsWhileItsFieldsAreAsTheyWere) {
  auto operation = scale_web(fake, 5);
  fake.touch_status("web");
  EXPECT_TRUE(still_as_planned(operation.plan(), fake.view("web")));
  fake.scale("web", 4);
  EXPECT_FALSE(still_as_planned(operation.plan(), fake.view("web")));
  fake.scale("web", 3);
  EXPECT_TRUE(still_as_planned(operation.plan(), fake.view("web")));
  fake.recreate("web", 3);
  EXPECT_FALSE(still_as_planned(operation.plan(), fake.view("web")));
}

}  // namespace
}  // namespace api::executor
