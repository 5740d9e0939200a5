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

// A container that the runtime could not start: the kubelet backs off, and keeps what the runtime said.
sample::Cluster not_started(std::string_view reason, std::string_view message) {
  sample::Cluster cluster;
  std::string status = fmt::format(R"({{"phase": "Running", "conditions": [{{"type": "Ready", "status": "False"}}],
    "containerStatuses": [{{"name": "app", "ready": false, "restartCount": 4,
      "state": {{"waiting": {{"reason": "CrashLoopBackOff", "message": "back-off"}}}},
      "lastState": {{"terminated": {{"exitCode": 128, "reason": "{}", "message": "{}",
        "startedAt": "1970-01-01T00:00:00Z", "finishedAt": "2026-01-02T11:59:00Z"}}}}}}]}})",
                                   reason, message);
  cluster.deployment("web", {.status = status, .resources = R"({"limits": {"memory": "4Mi"}})"});
  return cluster;
}

TEST(Crashes, AContainerThatCouldNotBeStartedHasTheRuntimesReason) {
  struct Row {
    std::string_view message, fault;
  };
  constexpr Row kRows[] = {
      {R"(runc create failed: exec: \"serve\": executable file not found in $PATH: unknown)", "command-not-found"},
      {R"(exec: \"/serve\": stat /serve: no such file or directory: unknown)", "command-not-found"},
      {R"(exec: \"/serve\": permission denied: unknown)", "command-not-executable"},
      {"exec /serve: exec format error", "image-wrong-platform"},
      {"container init was OOM-killed (memory limit too low?): unknown", "out-of-memory"},
      {"unable to apply cgroup configuration: memory.max: device or resource busy", "out-of-memory"},
      {R"(error mounting \"/data\" to rootfs: not a directory: unknown)", "container-not-configured"},
  };
  for (const Row& row : kRows) {
    for (std::string_view reason : {"StartError", "ContainerCannotRun"}) {
      sample::Cluster cluster = not_started(reason, row.message);
      EXPECT_THAT(codes(cluster), ElementsAre(fmt::format("F1 Deployment/web {}", row.fault))) << row.message;
      auto found = findings_of(cluster);
      ASSERT_FALSE(found.empty());
      EXPECT_TRUE(cites(found[0], "Pod/web-5d9c-0 status.containerStatuses[0].lastState.terminated.message"));
      EXPECT_TRUE(cites(found[0], "Pod/web-5d9c-0 spec.containers[0].resources.limits.memory", "4Mi"));
    }
  }
}

TEST(Crashes, AProgramThatRanAndDiedIsACrashWhateverItLeftAsItsMessage) {
  EXPECT_THAT(codes(not_started("Error", "exec: migrate: permission denied")), ElementsAre("F1 Deployment/web crash"));
}

TEST(Crashes, AContainerThatStartedByNowIsWell) {
  sample::Cluster cluster;
  cluster.deployment("web", {.status = R"({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
    "containerStatuses": [{"name": "app", "ready": true, "restartCount": 4,
      "state": {"running": {"startedAt": "2026-01-02T11:00:00Z"}},
      "lastState": {"terminated": {"exitCode": 128, "reason": "StartError", "message": "exec: permission denied",
        "startedAt": "1970-01-01T00:00:00Z", "finishedAt": "2026-01-02T10:59:00Z"}}}]})"});
  EXPECT_THAT(codes(cluster), IsEmpty());
}

// An init container that restarts always runs as long as the pod.
TEST(Crashes, ASidecarThatDiesIsNoInitContainer) {
  auto dies = [](std::string_view policy) {
    sample::Cluster cluster;
    cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "web", "namespace": "shop"}},
      "spec": {{"initContainers": [{{"name": "proxy"{}}}], "containers": [{{"name": "app"}}]}},
      "status": {{"phase": "Running", "conditions": [{{"type": "Ready", "status": "False"}}],
        "initContainerStatuses": [{{"name": "proxy", "ready": false, "restartCount": 6,
          "state": {{"waiting": {{"reason": "CrashLoopBackOff"}}}}, "lastState": {{"terminated": {{"exitCode": 1,
            "reason": "Error", "startedAt": "2026-01-02T11:40:00Z", "finishedAt": "2026-01-02T11:59:01Z"}}}}}}],
        "containerStatuses": [{{"name": "app", "ready": true, "restartCount": 0,
          "state": {{"running": {{"startedAt": "2026-01-02T11:00:00Z"}}}}}}]}}}})",
                            policy));
    return sample::told(cluster);
  };
  EXPECT_THAT(dies(R"(, "restartPolicy": "Always")"),
              ElementsAre("critical Pod/web crash: its sidecar proxy crashes after 19 min: exit 1, 6 restarts"));
  EXPECT_THAT(dies(""), ElementsAre("critical Pod/web init-container-failed: its init container proxy crashes after "
                                    "19 min: exit 1, 6 restarts"));
}

}  // namespace
}  // namespace ai_ops::diagnosis
