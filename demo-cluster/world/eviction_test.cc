#include "demo-cluster/world/world_lab.h"

namespace demo_cluster::world {
namespace {

class Eviction : public WorldLab {
 protected:
  void guard(int at_least) {
    apply("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b" + std::to_string(at_least) +
          ", namespace: shop}, spec: {minAvailable: " + std::to_string(at_least) +
          ", selector: {matchLabels: {app: web}}}}");
    pass(Milliseconds(1'000));
  }
  int evict(const Stored& pod, bool dry_run = false) {
    auto done = world.registry().evict(key_of(*pod),
                                       {.grace_seconds = {}, .uid = "", .resource_version = "", .dry_run = dry_run},
                                       {"test", false, now});
    return done ? 201 : done.error().code;
  }
};

TEST_F(Eviction, WithoutABudgetAPodGoes) {
  deploy(1);
  pass(Milliseconds(3'000));
  auto pod = pods().front();
  EXPECT_EQ(evict(pod, true), 201);
  EXPECT_FALSE(json::View(*world.store().find(key_of(*pod)))["metadata"]["deletionTimestamp"]);
  EXPECT_EQ(evict(pod), 201);
  EXPECT_TRUE(json::View(*world.store().find(key_of(*pod)))["metadata"]["deletionTimestamp"]);
}

TEST_F(Eviction, ABudgetLetsGoOneAfterTheOtherAndThenRefuses) {
  deploy(3);
  pass(Milliseconds(3'000));
  guard(2);
  auto standing = pods();
  EXPECT_EQ(evict(standing[0]), 201);
  EXPECT_EQ(evict(standing[1]), 429) << "the budget was spent at once";
}

TEST_F(Eviction, TwoBudgetsForOnePodAreAnError) {
  deploy(1);
  pass(Milliseconds(3'000));
  guard(1);
  guard(2);
  EXPECT_EQ(evict(pods().front()), 500);
}

}  // namespace
}  // namespace demo_cluster::world
