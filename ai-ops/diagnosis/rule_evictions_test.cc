#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::codes;
using sample::told;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A pod of web that n1 evicted then, beside the one that replaced it.
sample::Cluster evicted(std::string_view at, std::string_view status_of_the_other = sample::kReady) {
  sample::Cluster cluster;
  cluster.deployment("web", {.status = status_of_the_other});
  cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "web-5d9c-old", "namespace": "shop",
    "labels": {{"app": "web"}}, "ownerReferences": [{{"kind": "ReplicaSet", "name": "web-5d9c", "controller": true}}]}},
    "spec": {{"nodeName": "n1", "containers": [{{"name": "app"}}]}}, "status": {{"phase": "Failed", "reason": "Evicted",
    "message": "The node was low on resource: memory.", "conditions": [{{"type": "Ready", "status": "False",
    "lastTransitionTime": "{}"}}]}}}})",
                          at));
  return cluster;
}

TEST(Evictions, AFreshOneIsTold) {
  EXPECT_THAT(
      told(evicted("2026-01-02T11:55:00Z")),
      ElementsAre("warning Deployment/web evicted: its pod was evicted: The node was low on resource: memory."));
}

TEST(Evictions, AnOldOneThatWasReplacedIsARecord) { EXPECT_THAT(codes(evicted("2026-01-02T09:00:00Z")), IsEmpty()); }

TEST(Evictions, AnOldOneOfAWorkloadThatLacksAPodStillMatters) {
  EXPECT_THAT(codes(evicted("2026-01-02T09:00:00Z", sample::kUnschedulable)),
              Contains(HasSubstr("Deployment/web evicted")));
}

TEST(Evictions, TheNodesPressureIsTheCauseWhileItLasts) {
  sample::Cluster cluster = evicted("2026-01-02T11:55:00Z");
  cluster.add(R"({"kind": "Node", "metadata": {"name": "n1"}, "status": {"conditions": [
    {"type": "MemoryPressure", "status": "True", "message": "kubelet has insufficient memory available"}]}})");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Node/n1 node-under-pressure", "F2 Deployment/web evicted <- F1"));
}

TEST(Evictions, APodThatFailedByItselfIsNone) {
  sample::Cluster cluster;
  cluster.deployment("web");
  cluster.add(R"({"kind": "Pod", "metadata": {"name": "once", "namespace": "shop"}, "spec": {"restartPolicy": "Never"},
    "status": {"phase": "Failed", "reason": "DeadlineExceeded", "startTime": "2026-01-02T11:55:00Z"}})");
  EXPECT_THAT(codes(cluster), Not(Contains(HasSubstr("evicted"))));
}

}  // namespace
}  // namespace ai_ops::diagnosis
