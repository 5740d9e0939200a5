#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::Runs;
using sample::told;
using testing::ElementsAre;
using testing::IsEmpty;

sample::Cluster web(const Runs& runs = {}) {
  sample::Cluster cluster;
  cluster.deployment("web", runs);
  return cluster;
}

std::vector<std::string> with_budget(sample::Cluster cluster, std::string_view spec, std::string_view status = "{}") {
  cluster.add(fmt::format(R"({{"kind": "PodDisruptionBudget", "metadata": {{"name": "b", "namespace": "shop"}},
    "spec": {}, "status": {}}})",
                          spec, status));
  return told(cluster);
}

constexpr std::string_view kWeb = R"({"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}})";

TEST(Budgets, TellsOneThatSelectsNothing) {
  EXPECT_THAT(with_budget(web(), R"({"selector": {"matchLabels": {"app": "wep"}}})"),
              ElementsAre("info PodDisruptionBudget/b budget-selects-nothing: protects nothing: no pod has the labels "
                          "that it selects"));
  EXPECT_THAT(with_budget(web(), kWeb), IsEmpty());
  EXPECT_THAT(with_budget(web(), R"({"selector": {}})"), IsEmpty()) << "an empty selector takes all";
  EXPECT_THAT(with_budget(web(), R"({"selector": {"matchExpressions":
    [{"key": "app", "operator": "In", "values": ["web"]}]}})"),
              IsEmpty());
}

TEST(Budgets, WhatIsScaledToZeroIsStillMeant) { EXPECT_THAT(with_budget(web({.replicas = 0}), kWeb), IsEmpty()); }

TEST(Budgets, WhereLabelsAreNotShownNothingIsSaid) {
  sample::Cluster cluster;
  cluster.add(R"({"kind": "Pod", "metadata": {"name": "web-1", "namespace": "shop"}, "status": {"phase": "Running"}})");
  EXPECT_THAT(with_budget(cluster, kWeb), IsEmpty());
}

TEST(Budgets, WithoutAPodInViewNothingIsSaid) { EXPECT_THAT(with_budget(sample::Cluster(), kWeb), IsEmpty()); }

TEST(Budgets, TellsOneThatCanNeverAllowAnEviction) {
  EXPECT_THAT(
      with_budget(web(), kWeb,
                  R"({"disruptionsAllowed": 0, "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 1})"),
      ElementsAre("warning PodDisruptionBudget/b budget-blocks: lets no pod be evicted, ever: it wants 1 of 1 pods "
                  "healthy, so no node of theirs can be drained"));
}

TEST(Budgets, OneThatBlocksForNowIsFine) {
  for (std::string_view status :
       {R"({"disruptionsAllowed": 0, "currentHealthy": 2, "desiredHealthy": 2, "expectedPods": 3})",
        R"({"disruptionsAllowed": 1, "currentHealthy": 3, "desiredHealthy": 2, "expectedPods": 3})",
        R"({"disruptionsAllowed": 0})", R"({"disruptionsAllowed": "x", "desiredHealthy": []})"})
    EXPECT_THAT(with_budget(web({.replicas = 3}), kWeb, status), IsEmpty()) << status;
}

}  // namespace
}  // namespace ai_ops::diagnosis
