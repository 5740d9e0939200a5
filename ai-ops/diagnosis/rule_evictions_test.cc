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

// That n1 evicted then.
std::string evicted_pod(std::string_view at, std::string_view owners) {
  return fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "web-5d9c-old", "namespace": "shop",
    "labels": {{"app": "web"}}, "ownerReferences": {}}}, "spec": {{"nodeName": "n1", "containers": [{{"name": "app"}}]}},
    "status": {{"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory.",
      "conditions": [{{"type": "Ready", "status": "False", "lastTransitionTime": "{}"}}]}}}})",
                     owners, at);
}

// A pod of web, beside the one that replaced it.
sample::Cluster evicted(std::string_view at, std::string_view status_of_the_other = sample::kReady) {
  sample::Cluster cluster;
  cluster.deployment("web", {.status = status_of_the_other});
  return std::move(cluster.add(evicted_pod(at, R"([{"kind": "ReplicaSet", "name": "web-5d9c", "controller": true}])")));
}

TEST(Evictions, AFreshOneIsTold) {
  EXPECT_THAT(
      told(evicted("2026-01-02T11:55:00Z")),
      ElementsAre("warning Deployment/web evicted: its pod was evicted: The node was low on resource: memory."));
}

TEST(Evictions, AnOldOneThatWasReplacedIsARecord) { EXPECT_THAT(codes(evicted("2026-01-02T09:00:00Z")), IsEmpty()); }

// A quota may have kept the controller from replacing it.
TEST(Evictions, AnOldOneOfAWorkloadThatLacksAPodStillMatters) {
  sample::Cluster cluster;
  cluster.add(R"({"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"replicas": 1},
    "status": {"replicas": 0, "observedGeneration": 1}})");
  cluster.add(evicted_pod("2026-01-02T09:00:00Z", R"([{"kind": "Deployment", "name": "web", "controller": true}])"));
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web evicted"));
}

TEST(Evictions, ARecordIsNoFaultBesideWhatItsSuccessorSuffersFrom) {
  for (std::string_view status : {sample::kCrashing, sample::kUnschedulable, sample::kNotReady})
    EXPECT_THAT(codes(evicted("2025-12-10T00:00:00Z", status)), Not(Contains(HasSubstr("evicted")))) << status;
  EXPECT_THAT(codes(evicted("2026-01-02T11:55:00Z", sample::kCrashing)), Contains(HasSubstr("evicted"))) << "fresh";
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

// n1 is short of one thing, and its pod was evicted for another, or for a limit of its own.
TEST(Evictions, APressureOfAnotherResourceIsNotTheCause) {
  auto for_message = [](std::string_view message) {
    sample::Cluster cluster;
    cluster.deployment("web");
    cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "web-5d9c-old", "namespace": "shop",
      "labels": {{"app": "web"}}, "ownerReferences": [{{"kind": "ReplicaSet", "name": "web-5d9c", "controller": true}}]}},
      "spec": {{"nodeName": "n1"}}, "status": {{"phase": "Failed", "reason": "Evicted", "message": "{}",
      "startTime": "2026-01-02T11:55:00Z"}}}})",
                            message));
    cluster.add(R"({"kind": "Node", "metadata": {"name": "n1"}, "status": {"conditions": [
      {"type": "MemoryPressure", "status": "False"}, {"type": "DiskPressure", "status": "True"},
      {"type": "Ready", "status": "Unknown", "message": "Kubelet stopped posting node status."}]}})");
    for (const std::string& line : codes(cluster))
      if (line.contains(" evicted")) return line.substr(line.find(" evicted"));
    return std::string("nothing");
  };
  EXPECT_EQ(for_message("The node was low on resource: memory."), " evicted");
  EXPECT_EQ(for_message("The node was low on resource: ephemeral-storage."), " evicted <- F2") << "F1: its kubelet";
  EXPECT_EQ(for_message("The node had condition: [DiskPressure]."), " evicted <- F2");
  EXPECT_EQ(for_message("Pod ephemeral local storage usage exceeds the total limit of containers 1Gi."), " evicted");
  EXPECT_EQ(for_message(""), " evicted <- F2") << "nothing says of what";
}

}  // namespace
}  // namespace ai_ops::diagnosis
