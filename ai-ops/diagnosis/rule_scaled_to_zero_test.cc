#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::cites;
using sample::endpoint;
using sample::findings_of;
using sample::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

sample::Cluster queue(int replicas = 0) {
  sample::Cluster cluster;
  cluster.deployment("queue", {.replicas = replicas}).service("queue", 5672);
  return cluster;
}

TEST(ScaledToZero, WithOnlyAServiceItIsInfo) {
  EXPECT_THAT(told(queue()), ElementsAre("info Deployment/queue scaled-to-zero: is scaled to 0: Service queue has no "
                                         "other pod behind it"));
  EXPECT_THAT(told(queue(1)), IsEmpty());
}

TEST(ScaledToZero, NamesWhoStillCallsIt) {
  sample::Cluster cluster = queue();
  cluster.deployment("cart", {.env = endpoint("QUEUE", "amqp", "queue", 5672)});
  cluster.add(R"({"kind": "Ingress", "metadata": {"name": "shop", "namespace": "shop"}, "spec": {"rules": [{"http":
    {"paths": [{"path": "/", "backend": {"service": {"name": "queue", "port": {"number": 5672}}}}]}}]}})");
  cluster.event_about("Deployment", "queue", "e1", "ScalingReplicaSet",
                      "Scaled down replica set queue-5d9c from 1 to 0");
  auto found = findings_of(cluster);
  EXPECT_THAT(told(cluster), ElementsAre("warning Deployment/queue scaled-to-zero: is scaled to 0: cart, Ingress shop "
                                         "call Service queue"));
  EXPECT_TRUE(cites(found[0], "Event e1", "to 0"));
  EXPECT_TRUE(cites(found[0], "Ingress/shop spec.rules[0].http.paths[0].backend.service.name", "queue"));
}

TEST(ScaledToZero, IsTheCauseOfWhatFailsForWantOfIt) {
  sample::Cluster cluster = queue();
  cluster.deployment("cart", {.status = sample::kNotReady, .env = endpoint("QUEUE", "amqp", "queue", 5672)});
  auto lines = told(cluster);
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines.front(), HasSubstr("critical Deployment/queue scaled-to-zero"));
  EXPECT_THAT(lines.back(), HasSubstr("Deployment/cart"));
}

TEST(ScaledToZero, IsCriticalWhereConnectionsFail) {
  sample::Cluster cluster = queue(), fine = queue();
  cluster.add(R"({"kind": "ServiceCheck", "metadata": {"name": "c", "namespace": "shop"},
    "spec": {"service": "queue", "port": 5672}, "status": {"reached": false, "message": "connection refused"}})");
  fine.add(R"({"kind": "ServiceCheck", "metadata": {"name": "c", "namespace": "shop"},
    "spec": {"service": "queue", "port": 5672}, "status": {"reached": true, "message": "ok"}})");
  EXPECT_THAT(told(cluster)[0], HasSubstr("critical Deployment/queue scaled-to-zero"));
  EXPECT_THAT(told(fine)[0], HasSubstr("info Deployment/queue scaled-to-zero"));
}

TEST(ScaledToZero, AnAlertIsCriticalOnlyWhereItTellsOfCallsThatFail) {
  auto with_alert = [](std::string_view metric, int normal, int current) {
    sample::Cluster cluster = queue();
    cluster.add(fmt::format(R"({{"kind": "Alert", "metadata": {{"name": "a", "namespace": "shop"}},
      "spec": {{"kind": "Service", "name": "queue", "metric": "{0}"}},
      "status": {{"normal": {1}, "current": {2}, "text": "{0} {1} -> {2}"}}}})",
                            metric, normal, current));
    return told(cluster).front();
  };
  EXPECT_THAT(with_alert("errors", 0, 90), HasSubstr("critical Deployment/queue scaled-to-zero"));
  EXPECT_THAT(with_alert("errors", 2, 0), HasSubstr("info Deployment/queue scaled-to-zero")) << "none by now";
  for (std::string_view metric : {"traffic", "throughput", "cpu"})
    EXPECT_THAT(with_alert(metric, 10, 0), HasSubstr("info Deployment/queue scaled-to-zero")) << metric;
}

TEST(ScaledToZero, LinksToWhatTheCallGraphKnows) {
  sample::Cluster cluster = queue();
  cluster.deployment("cart", {.status = sample::kCrashing}).service("cart", 80);
  cluster.add(R"({"kind": "CallGraph", "metadata": {"name": "queue", "namespace": "shop"},
    "spec": {"calls": [], "called_by": ["cart", "unknown"]}})");
  EXPECT_THAT(told(cluster),
              ElementsAre("critical Deployment/queue scaled-to-zero: is scaled to 0: cart, unknown call Service queue",
                          HasSubstr("Deployment/cart crash: crashes at start: exit 1, 6 restarts <- F1")));
}

TEST(ScaledToZero, WhatOthersServeOrAnAutoscalerMayWakeIsFine) {
  sample::Cluster served = queue(), resting = queue(), alone;
  served.add(R"({"kind": "Pod", "metadata": {"name": "other", "namespace": "shop", "labels": {"app": "queue"}},
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}})");
  resting.add(R"({"kind": "HorizontalPodAutoscaler", "metadata": {"name": "h", "namespace": "shop"}, "spec":
    {"minReplicas": 0, "maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment", "name": "queue"}}})");
  alone.deployment("batch", {.replicas = 0});
  EXPECT_THAT(told(served), IsEmpty());
  EXPECT_THAT(told(resting), IsEmpty());
  EXPECT_THAT(told(alone), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
