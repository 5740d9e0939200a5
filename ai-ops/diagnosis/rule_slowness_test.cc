#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::cites;
using sample::codes;
using sample::findings_of;
using testing::ElementsAre;
using testing::IsEmpty;

struct Seen {
  std::string_view name, metric;
  double normal = 0, current = 0;
  double quantile = 0.9;
  std::string_view kind = "Service";
  std::string_view unit = "", until = "";
};

sample::Cluster& alert(sample::Cluster& cluster, const Seen& seen) {
  return cluster.add(fmt::format(R"({{"kind": "Alert", "metadata": {{"name": "{0}-{1}-{2}"{3}}},
    "spec": {{"kind": "{4}", "name": "{0}", "metric": "{1}", "quantile": {2}}},
    "status": {{"normal": {5:.1f}, "current": {6:.1f}, "text": "{1} {5} -> {6}", "unit": "{7}", "until": "{8}"}}}})",
                                 seen.name, seen.metric, seen.quantile,
                                 seen.kind == "Node" ? "" : R"(, "namespace": "shop")", seen.kind, seen.normal,
                                 seen.current, seen.unit, seen.until));
}

// front calls api, api calls store.
sample::Cluster shop() {
  sample::Cluster cluster;
  for (std::string_view name : {"front", "api", "store"})
    cluster.deployment(std::string(name), {.more_pod = R"(, "nodeName": "n1")"}).service(name, 80);
  cluster.add(
      R"({"kind": "CallGraph", "metadata": {"name": "front", "namespace": "shop"}, "spec": {"calls": ["api"]}})");
  cluster.add(
      R"({"kind": "CallGraph", "metadata": {"name": "api", "namespace": "shop"}, "spec": {"calls": ["store"]}})");
  cluster.node("n1", "8").node("n2", "8");
  return cluster;
}

sample::Cluster& slow(sample::Cluster& cluster, std::string_view name, double normal, double current) {
  alert(cluster, {name, "latency", normal, current / 2, 0.5});
  return alert(cluster, {name, "latency", normal, current});
}

TEST(Slowness, TheLeafIsTheRootOfItsSlowCallers) {
  sample::Cluster cluster = shop();
  slow(slow(slow(cluster, "store", 10, 500), "api", 20, 520), "front", 40, 560);
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/store network-delay", "F2 Deployment/api slow <- F1",
                                          "F3 Deployment/front slow <- F1", "F4 Deployment/store slow <- F1"));
  auto found = findings_of(cluster);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].evidence.front().kind, EvidenceKind::metric);
  EXPECT_EQ(found[0].severity, Severity::warning);
}

TEST(Slowness, PacketsThatAServiceLosesNameItsFault) {
  sample::Cluster cluster = shop();
  slow(cluster, "store", 10, 500);
  alert(cluster, {"store", "network_loss", 0, 3});
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/store network-loss", "F2 Deployment/store slow <- F1"));
}

TEST(Slowness, WhatIsWithinItsRangeIsNotSlow) {
  sample::Cluster cluster = shop();
  slow(cluster, "store", 10, 15);
  alert(cluster, {"api", "throughput", 100, 80});
  alert(cluster, {"front", "cpu", 50, 55});
  EXPECT_THAT(codes(cluster), IsEmpty());
}

TEST(Slowness, ThrottlingCountsOnlyBesideACpuThatIsUsedUp) {
  sample::Cluster throttled = shop();
  alert(throttled, {"store", "cpu_throttling", 0, 40});
  EXPECT_THAT(codes(throttled), IsEmpty());
  sample::Cluster busy = shop();
  alert(busy, {"store", "cpu", 20, 98});
  EXPECT_THAT(codes(busy), IsEmpty()) << "busy, and nothing is slow or throttled";
  alert(busy, {"store", "cpu_throttling", 0, 40});
  slow(slow(busy, "store", 10, 500), "api", 20, 520);
  EXPECT_THAT(codes(busy), ElementsAre("F1 Deployment/store cpu-overload", "F2 Deployment/api slow <- F1",
                                       "F3 Deployment/store slow <- F1"));
}

TEST(Slowness, MemoryCountsOnlyForWhatIsSlow) {
  sample::Cluster cluster = shop();
  alert(cluster, {"store", "memory", 100, 900});
  EXPECT_THAT(codes(cluster), IsEmpty());
  slow(cluster, "store", 10, 500);
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/store memory-overload", "F2 Deployment/store slow <- F1"));
}

// A lost packet is sent again after a while: some requests take much longer, most take what they always took.
TEST(Slowness, ANodeWhoseNetworkIsWorseIsJudgedByTheRequestsThatItHits) {
  struct Row {
    double median, tail;
    std::string_view fault;
  };
  for (const Row& row : {Row{21, 900, "node-network-loss"}, Row{400, 500, "node-network-delay"}}) {
    sample::Cluster cluster = shop();
    alert(cluster, {"n1", "network", 0, 12, 0.9, "Node"});
    alert(cluster, {"store", "latency", 10, row.median, 0.5});
    alert(cluster, {"store", "latency", 10, row.tail, 0.9});
    auto found = codes(cluster);
    EXPECT_THAT(found, ElementsAre(fmt::format("F1 Node/n1 {}", row.fault), "F2 Deployment/store slow <- F1"))
        << row.fault;
  }
}

TEST(Slowness, ANodeThatIsMeasuredToLoseOrToDelayIsNotJudgedByLatencies) {
  struct Row {
    std::string_view metric;
    double normal, current, median, tail;
    std::string_view fault;
  };
  for (const Row& row : {Row{"network_loss", 0, 30, 400, 500, "node-network-loss"},
                         Row{"network_delay", 1, 300, 21, 900, "node-network-delay"}}) {
    sample::Cluster cluster = shop();
    alert(cluster, {"n1", row.metric, row.normal, row.current, 0.9, "Node"});
    EXPECT_THAT(codes(cluster), ElementsAre(fmt::format("F1 Node/n1 {}", row.fault))) << "nobody is slow";
    alert(cluster, {"store", "latency", 10, row.median, 0.5});
    alert(cluster, {"store", "latency", 10, row.tail, 0.9});
    EXPECT_THAT(codes(cluster), ElementsAre(fmt::format("F1 Node/n1 {}", row.fault), "F2 Deployment/store slow <- F1"));
  }
}

// Percent of one and milliseconds of the other are no two sizes of one thing.
TEST(Slowness, ANodeThatLosesAndAnotherThatDelaysAreTwo) {
  sample::Cluster cluster = shop();
  alert(cluster, {"n1", "network_loss", 0, 3, 0.9, "Node"});
  alert(cluster, {"n1", "network_delay", 1, 40, 0.9, "Node"});
  alert(cluster, {"n2", "network_delay", 1, 300, 0.9, "Node"});
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Node/n1 node-network-loss", "F2 Node/n2 node-network-delay"));
  sample::Cluster usual = shop();
  alert(usual, {"n1", "network_delay", 1, 1.2, 0.9, "Node"});
  alert(usual, {"n2", "network_loss", 0, 0, 0.9, "Node"});
  EXPECT_THAT(codes(usual), IsEmpty());
}

TEST(Slowness, PacketsThatAServiceGetsLateNameItsFault) {
  sample::Cluster cluster = shop();
  slow(cluster, "store", 10, 500);
  alert(cluster, {"store", "network_delay", 1, 300});
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/store network-delay", "F2 Deployment/store slow <- F1"));
  EXPECT_TRUE(cites(findings_of(cluster)[0], "Alert/store-network_delay-0.9 status.text"));
}

TEST(Slowness, ANodeSlowsOnlyWhatStandsOnItAndWhoCallsThat) {
  sample::Cluster cluster = shop();
  cluster.deployment("mail", {.more_pod = R"(, "nodeName": "n2")"}).service("mail", 80);
  cluster.deployment("teller", {.more_pod = R"(, "nodeName": "n2")"}).service("teller", 80);
  cluster.add(R"({"kind": "CallGraph", "metadata": {"name": "teller", "namespace": "shop"},
    "spec": {"calls": ["store"]}})");
  alert(cluster, {"n1", "network_delay", 1, 300, 0.9, "Node"});
  slow(slow(slow(cluster, "mail", 10, 400), "store", 10, 400), "teller", 10, 400);
  EXPECT_THAT(codes(cluster),
              testing::UnorderedElementsAre("F1 Node/n1 node-network-delay", testing::EndsWith("Deployment/mail slow"),
                                            testing::EndsWith("Deployment/store slow <- F1"),
                                            testing::EndsWith("Deployment/teller slow <- F1")));
}

TEST(Slowness, AWorkloadThatIsBusySlowsOnlyItselfAndWhoCallsIt) {
  sample::Cluster cluster = shop();
  cluster.deployment("mail", {.more_pod = R"(, "nodeName": "n2")"}).service("mail", 80);
  for (std::string_view name : {"store", "mail"}) {
    alert(cluster, {name, "cpu", 20, 98});
    alert(cluster, {name, "cpu_throttling", 0, 40});
    slow(cluster, name, 10, 400);
  }
  slow(cluster, "api", 10, 400);
  EXPECT_THAT(codes(cluster),
              testing::UnorderedElementsAre("F1 Deployment/store cpu-overload", "F2 Deployment/mail cpu-overload",
                                            testing::EndsWith("Deployment/api slow <- F1"),
                                            testing::EndsWith("Deployment/mail slow <- F2"),
                                            testing::EndsWith("Deployment/store slow <- F1")));
}

TEST(Slowness, AnAlertOfAPodIsAboutItsWorkload) {
  sample::Cluster cluster = shop();
  alert(cluster, {"store-5d9c-0", "cpu", 50, 190, 0.9, "Pod"});
  alert(cluster, {"store-5d9c-0", "cpu_throttling", 0, 60, 0.9, "Pod"});
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/store cpu-overload"));
  slow(cluster, "store", 10, 500);
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/store cpu-overload", "F2 Deployment/store slow <- F1"));
  sample::Cluster gone = shop();
  alert(gone, {"store-old", "cpu", 50, 190, 0.9, "Pod"});
  alert(gone, {"store-old", "cpu_throttling", 0, 60, 0.9, "Pod"});
  EXPECT_THAT(codes(gone), ElementsAre("F1 Pod/store-old cpu-overload")) << "no Service is called that";
}

TEST(Slowness, ACallerThatIsSlowByItselfIsNotExplainedByAQuickCallee) {
  sample::Cluster cluster = shop();
  slow(slow(cluster, "store", 1, 3), "api", 20, 900);
  auto found = codes(cluster);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front(), "F1 Deployment/api network-delay");
}

TEST(Slowness, WhereNothingIsSlowTheTrafficThatHaltsIsLookedAt) {
  sample::Cluster cluster = shop();
  alert(cluster, {"store", "throughput", 100, 5});
  alert(cluster, {"api", "throughput", 100, 30});
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/store network-delay"));
}

TEST(Slowness, AWorkloadThatIsBrokenIsNotCalledSlow) {
  sample::Cluster cluster;
  cluster.deployment("store", {.status = sample::kCrashing}).service("store", 80);
  slow(cluster, "store", 10, 500);
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/store crash"));
}

TEST(Slowness, AnAlertOfAnyShapeIsRead) {
  sample::Cluster cluster = shop();
  cluster.add(R"({"kind": "Alert", "metadata": {"name": "a"}})");
  cluster.add(R"({"kind": "Alert", "metadata": {"name": "b"}, "spec": {"kind": "Node", "metric": "network_loss"},
    "status": {"current": "much"}})");
  cluster.add(R"({"kind": "CallGraph", "metadata": {"name": "store", "namespace": "shop"},
    "spec": {"calls": ["front", 7, null, "store"]}})");
  EXPECT_THAT(codes(cluster), IsEmpty());
}

TEST(Slowness, MostOfTheTimeThrottledIsSaidByThatAlone) {
  sample::Cluster cluster = shop();
  alert(cluster, {.name = "store", .metric = "cpu_throttling", .current = 70, .unit = "%"});
  slow(cluster, "store", 10, 500);
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/store cpu-overload", "F2 Deployment/store slow <- F1"));
  sample::Cluster usual = shop();
  alert(usual, {.name = "store", .metric = "cpu_throttling", .normal = 70, .current = 72, .unit = "%"});
  EXPECT_THAT(codes(usual), IsEmpty()) << "as it always is";
}

TEST(Slowness, ManyTimesHardlyAnythingIsNothing) {
  const Seen little[] = {
      {.name = "store", .metric = "latency", .normal = 0.1, .current = 0.5, .unit = "ms"},
      {.name = "store", .metric = "cpu", .normal = 1, .current = 3, .unit = "%"},
      {.name = "store", .metric = "cpu_throttling", .normal = 0, .current = 1, .unit = "%"},
      {.name = "n1", .metric = "network_delay", .normal = 0.1, .current = 0.5, .kind = "Node", .unit = "ms"},
      {.name = "n2", .metric = "network_loss", .normal = 0, .current = 0.1, .kind = "Node", .unit = "%"}};
  sample::Cluster cluster = shop();
  for (const Seen& seen : little) alert(cluster, seen);
  EXPECT_THAT(codes(cluster), IsEmpty());
}

// Of the limit where there is one: 30Mi are nearly all of 32Mi, and little of 1Gi.
TEST(Slowness, MemoryIsHeldAgainstTheLimit) {
  auto root = [](std::string resources, double current) {
    sample::Cluster cluster;
    cluster.deployment("store", {.resources = std::move(resources)}).service("store", 80);
    alert(cluster, {.name = "store", .metric = "memory", .normal = 10, .current = current, .unit = "Mi"});
    slow(cluster, "store", 10, 500);
    return codes(cluster).front();
  };
  EXPECT_EQ(root(R"({"limits": {"memory": "32Mi"}})", 30), "F1 Deployment/store memory-overload");
  EXPECT_EQ(root(R"({"limits": {"memory": "1Gi"}})", 30), "F1 Deployment/store network-delay");
  EXPECT_EQ(root(R"({"limits": {"memory": "1Gi"}})", 600), "F1 Deployment/store memory-overload");
  EXPECT_EQ(root("{}", 20), "F1 Deployment/store network-delay");
  EXPECT_EQ(root("{}", 100), "F1 Deployment/store memory-overload");
}

TEST(Slowness, WhatEndedLongAgoIsOver) {
  auto ended = [](std::string_view until) {
    sample::Cluster cluster = shop();
    alert(cluster, {.name = "n1", .metric = "network_loss", .current = 10, .kind = "Node", .until = until});
    alert(cluster, {.name = "store", .metric = "latency", .normal = 10, .current = 500, .until = until});
    return codes(cluster).size();
  };
  EXPECT_EQ(ended("2026-01-02T11:00:00Z"), 0u);
  EXPECT_EQ(ended("2026-01-02T11:50:00Z"), 2u) << "the bundle was taken a little later";
  EXPECT_EQ(ended(""), 2u) << "it lasts";
}

}  // namespace
}  // namespace ai_ops::diagnosis
