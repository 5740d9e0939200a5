#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::codes;
using sample::told;
using testing::ElementsAre;
using testing::IsEmpty;

sample::Cluster set(std::string_view service, int replicas = 1, std::string_view status = sample::kReady) {
  sample::Cluster cluster;
  cluster.service("web", 80);
  cluster.add(
      fmt::format(R"({{"kind": "StatefulSet", "metadata": {{"name": "db", "namespace": "shop", "uid": "uid-db"}},
    "spec": {{"replicas": {}, "serviceName": "{}", "template": {{"metadata": {{"labels": {{"app": "web"}}}}}}}},
    "status": {{"replicas": {}}}}})",
                  replicas, service, replicas));
  if (replicas > 0)
    cluster.add(
        fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "db-0", "namespace": "shop", "labels": {{"app": "web"}},
      "ownerReferences": [{{"kind": "StatefulSet", "name": "db", "controller": true}}]}},
      "spec": {{"containers": [{{"name": "app"}}]}}, "status": {}}})",
                    status));
  return cluster;
}

TEST(GoverningServices, OneThatIsMissingIsWorthKnowing) {
  EXPECT_THAT(told(set("db")),
              ElementsAre("info StatefulSet/db governing-service-missing: its pods have no names in DNS: "
                          "there is no Service db in shop"));
}

TEST(GoverningServices, OneThatIsMissingMayBeWhyPeersAreNotFound) {
  EXPECT_THAT(codes(set("db", 1, sample::kCrashing)),
              ElementsAre("F1 StatefulSet/db governing-service-missing", "F2 StatefulSet/db crash <- F1"));
}

TEST(GoverningServices, OneThatExistsOrThatNobodyAsksForIsFine) {
  EXPECT_THAT(codes(set("web")), IsEmpty());
  EXPECT_THAT(codes(set("")), IsEmpty());
}

TEST(GoverningServices, WhereServicesAreNotInViewAreNotJudged) {
  sample::Cluster cluster;
  cluster.add(R"({"kind": "StatefulSet", "metadata": {"name": "db", "namespace": "shop"},
    "spec": {"replicas": 1, "serviceName": "db"}})");
  EXPECT_THAT(codes(cluster), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
