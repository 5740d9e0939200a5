#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::cites;
using sample::codes;
using sample::findings_of;
using sample::told;
using testing::ElementsAre;
using testing::IsEmpty;

std::string job(std::string_view name, std::string_view made, std::string_view condition, std::string_view owner = "") {
  return fmt::format(R"({{"kind": "Job", "metadata": {{"name": "{0}", "namespace": "shop", "uid": "uid-{0}",
    "creationTimestamp": "{1}"{3}}}, "status": {{"failed": 2, "conditions": [{2}]}}}})",
                     name, made, condition, owner);
}
constexpr std::string_view kFailed =
    R"({"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "Job has reached its limit"})";
constexpr std::string_view kComplete = R"({"type": "Complete", "status": "True"})";
constexpr std::string_view kOfNightly =
    R"(, "ownerReferences": [{"kind": "CronJob", "name": "nightly", "controller": true}])";

sample::Cluster& failed_pod(sample::Cluster& cluster, std::string_view name, std::string_view made) {
  return cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "{}", "namespace": "shop",
    "creationTimestamp": "{}", "ownerReferences": [{{"kind": "Job", "name": "import", "controller": true}}]}},
    "spec": {{"containers": [{{"name": "app"}}]}}, "status": {{"phase": "Failed", "containerStatuses": [{{"name": "app",
    "state": {{"terminated": {{"exitCode": 3, "reason": "Error"}}}}}}]}}}})",
                                 name, made));
}

TEST(FailedJobs, TheLastPodThatFailedSaysWhy) {
  sample::Cluster cluster;
  cluster.add(job("import", "2026-01-02T11:00:00Z", kFailed));
  failed_pod(cluster, "import-b", "2026-01-02T11:05:00Z");
  failed_pod(cluster, "import-a", "2026-01-02T11:01:00Z");
  Cluster graph(cluster.snapshot());
  EXPECT_THAT(logs_wanted(graph), ElementsAre(LogWanted{"shop", "import-b", "app", false}));
  std::vector<LogExcerpt> logs{sample::log("import-b",
                                           {"begins", "Exception in thread \"main\" X: run failed",
                                            "\tat a.B.c(B.java:1)", "Caused by: AccessDenied: /data/in.csv"},
                                           false)};
  EXPECT_THAT(told(cluster, logs),
              ElementsAre("warning Job/import job-failed: its job failed: Job has reached its limit; "
                          "its last pod says: Caused by: AccessDenied: /data/in.csv"));
  auto found = findings_of(cluster, logs);
  EXPECT_TRUE(cites(found[0], "Pod/import-b status.containerStatuses[0].state.terminated.exitCode", "3"));
  EXPECT_TRUE(cites(found[0], "log import-b/app line 4"));
}

TEST(FailedJobs, OneWhosePodsAreGoneIsToldByItsCondition) {
  sample::Cluster cluster;
  cluster.add(job("import", "2026-01-02T11:00:00Z", R"({"type": "Failed", "status": "True"})"));
  auto found = findings_of(cluster);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(cites(found[0], "Job/import status.conditions[0].type", "Failed"));
}

TEST(FailedJobs, OneThatALaterRunMadeGoodIsFine) {
  sample::Cluster cluster;
  cluster.add(
      R"({"kind": "CronJob", "metadata": {"name": "nightly", "namespace": "shop"}, "spec": {"schedule": "0 1 * * *"}})");
  cluster.add(job("nightly-1", "2026-01-01T01:00:00Z", kFailed, kOfNightly));
  EXPECT_THAT(codes(cluster), ElementsAre("F1 CronJob/nightly job-failed"));
  cluster.add(job("nightly-2", "2026-01-02T01:00:00Z", kComplete, kOfNightly));
  EXPECT_THAT(codes(cluster), IsEmpty());
}

TEST(FailedJobs, AnEarlierSuccessMakesNothingGood) {
  sample::Cluster cluster;
  cluster.add(
      R"({"kind": "CronJob", "metadata": {"name": "nightly", "namespace": "shop"}, "spec": {"schedule": "0 1 * * *"}})");
  cluster.add(job("nightly-1", "2026-01-01T01:00:00Z", kComplete, kOfNightly));
  cluster.add(job("nightly-2", "2026-01-02T01:00:00Z", kFailed, kOfNightly));
  EXPECT_THAT(codes(cluster), ElementsAre("F1 CronJob/nightly job-failed"));
}

}  // namespace
}  // namespace ai_ops::diagnosis
