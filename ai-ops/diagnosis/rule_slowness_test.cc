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
};

sample::Cluster& alert(sample::Cluster& cluster, const Seen& seen) {
  return cluster.add(fmt::format(R"({{"kind": "Alert", "metadata": {{"name": "{0}-{1}-{2}"{3}}},
    "spec": {{"kind": "{4}", "name": "{0}", "metric": "{1}", "quantile": {2}}},
    "status": {{"normal": {5:.1f}, "current": {6:.1f}, "text": "{1} {5} -> {6}"}}}})",
                                 seen.name, seen.metric, seen.quantile,
                                 seen.kind == "Node" ? "" : R"(, "namespace": "shop")", seen.kind, seen.normal,
                                 seen.current));
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
TEST(Slowness, ANodeThatLosesPacketsHitsSomeRequestsAndOneThatDelaysThemHitsAll) {
  struct Row {
    double median, tail;
    std::string_view fault;
  };
  for (const Row& row : {Row{21, 900, "node-network-loss"}, Row{400, 500, "node-network-delay"}}) {
    sample::Cluster cluster = shop();
    alert(cluster, {"n1", "network_loss", 0, 12, 0.9, "Node"});
    alert(cluster, {"store", "latency", 10, row.median, 0.5});
    alert(cluster, {"store", "latency", 10, row.tail, 0.9});
    auto found = codes(cluster);
    EXPECT_THAT(found, ElementsAre(fmt::format("F1 Node/n1 {}", row.fault), "F2 Deployment/store slow <- F1"))
        << row.fault;
  }
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

}  // namespace
}  // namespace ai_ops::diagnosis
