#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::cites;
using sample::findings_of;
using sample::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string deployment(std::string_view paused, int updated, int ready = 2) {
  return fmt::format(R"({{"kind": "Deployment", "metadata": {{"name": "web", "namespace": "shop", "generation": 2}},
    "spec": {{"replicas": 2, "paused": {}}}, "status": {{"observedGeneration": 2, "replicas": 2, "updatedReplicas": {},
    "readyReplicas": {}, "conditions": [{{"type": "Progressing", "status": "Unknown", "reason": "DeploymentPaused"}}]}}}})",
                     paused, updated, ready);
}

TEST(Rollouts, TellsOneThatIsPausedWithAChange) {
  auto with = [](std::string_view paused, int updated, int ready = 2) {
    sample::Cluster cluster;
    cluster.add(deployment(paused, updated, ready));
    return told(cluster);
  };
  EXPECT_THAT(with("true", 0), ElementsAre("info Deployment/web rollout-paused: its rollout is paused: 0 of 2 replicas "
                                           "have its newest template"));
  EXPECT_THAT(with("true", 0, 1), testing::Contains(testing::StartsWith("warning Deployment/web rollout-paused")));
  EXPECT_THAT(with("true", 2), IsEmpty()) << "nothing is held back";
  EXPECT_THAT(with("false", 0), IsEmpty());
}

std::string set(std::string_view name, int revision, std::string_view made, std::string_view image, int replicas = 1) {
  return fmt::format(R"({{"kind": "ReplicaSet", "metadata": {{"name": "{}", "namespace": "shop",
    "creationTimestamp": "{}", "annotations": {{"deployment.kubernetes.io/revision": "{}"}},
    "ownerReferences": [{{"kind": "Deployment", "name": "web", "controller": true}}]}}, "spec": {{"replicas": {},
    "template": {{"spec": {{"containers": [{{"name": "app", "image": "{}"}}]}}}}}}}})",
                     name, made, revision, replicas, image);
}

std::string crashing_since(std::string_view since) {
  return fmt::format(R"({{"phase": "Running",
    "conditions": [{{"type": "Ready", "status": "False", "lastTransitionTime": "{}"}}],
    "containerStatuses": [{{"name": "app", "ready": false, "restartCount": 6,
      "state": {{"waiting": {{"reason": "CrashLoopBackOff"}}}},
      "lastState": {{"terminated": {{"exitCode": 1, "startedAt": "2026-01-02T11:59:00Z",
        "finishedAt": "2026-01-02T11:59:01Z"}}}}}}]}})",
                     since);
}

sample::Cluster changed(std::string_view since, std::string_view made = "2026-01-02T11:50:00Z",
                        std::string_view image = "shop/web:2") {
  sample::Cluster cluster;
  std::string status = crashing_since(since);
  cluster.deployment("web", {.status = status});
  cluster.add(set("web-5d9c", 4, made, image));
  cluster.add(set("web-1111", 3, "2026-01-01T00:00:00Z", "shop/web:1", 0));
  cluster.add(set("web-0000", 1, "2025-01-01T00:00:00Z", "shop/web:0", 0));
  return cluster;
}

TEST(Rollouts, SuspectsTheChangeThatTheSymptomsBeganWith) {
  auto found = findings_of(changed("2026-01-02T11:51:00Z"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].title,
            "crashes at start: exit 1, 6 restarts; it began with revision 4, which changed image of app");
  EXPECT_EQ(found[0].operation, "rollback");
  EXPECT_EQ(found[0].fault, "crash") << "the cause stays the cause";
  EXPECT_TRUE(cites(found[0], "ReplicaSet/web-1111 spec.template.spec.containers[0].image", "shop/web:1"));
  EXPECT_TRUE(cites(found[0], "ReplicaSet/web-5d9c spec.template.spec.containers[0].image", "shop/web:2"));
}

TEST(Rollouts, DoesNotSuspectAChangeLongBefore) {
  for (const std::string& line : told(changed("2026-01-02T11:51:00Z", "2026-01-02T09:00:00Z")))
    EXPECT_THAT(line, Not(HasSubstr("it began with")));
}

TEST(Rollouts, DoesNotSuspectARestartOrAReturnToAnEarlierTemplate) {
  auto restart = changed("2026-01-02T11:51:00Z", "2026-01-02T11:50:00Z", "shop/web:1");
  auto back = changed("2026-01-02T11:51:00Z", "2025-06-01T00:00:00Z");
  EXPECT_THAT(told(restart), ElementsAre(Not(HasSubstr("it began with"))));
  EXPECT_THAT(told(back), ElementsAre(Not(HasSubstr("it began with"))));
}

TEST(Rollouts, WhatComesOfAnotherObjectIsNotUndoneByGoingBack) {
  sample::Cluster cluster = changed("2026-01-02T11:51:00Z");
  cluster.deployment("queue", {.replicas = 0}).service("queue", 80).service("web", 80);
  cluster.add(R"({"kind": "CallGraph", "metadata": {"name": "queue", "namespace": "shop"},
    "spec": {"calls": [], "called_by": ["web"]}})");
  EXPECT_THAT(told(cluster).back(), Not(HasSubstr("it began with")));
}

TEST(Rollouts, AChangeThatRunsByNowIsFine) {
  sample::Cluster cluster;
  cluster.deployment("web");
  cluster.add(set("web-5d9c", 2, "2026-01-02T11:58:00Z", "shop/web:2"));
  cluster.add(set("web-1111", 1, "2026-01-01T00:00:00Z", "shop/web:1", 0));
  EXPECT_THAT(told(cluster), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
