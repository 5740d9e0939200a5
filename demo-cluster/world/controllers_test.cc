#include <set>

#include "demo-cluster/world/world_lab.h"

namespace demo_cluster::world {
namespace {

class Controllers : public WorldLab {};

std::string condition(json::View object, std::string_view type, std::string_view member = "status") {
  return std::string(foundation::kubernetes::ObjectView(object).condition(type)[member].text());
}

TEST_F(Controllers, ADeploymentOfNoneHasNoNullInItsStatus) {
  deploy(0);
  pass(Milliseconds(1'000));
  auto status = get("Deployment", "web")["status"];
  EXPECT_EQ(text(status, "observedGeneration"), "1");
  EXPECT_FALSE(status.object().contains("availableReplicas"));
}

TEST_F(Controllers, ADeploymentComesUpThroughASetAndPodsWithinSeconds) {
  deploy(3);
  pass(Milliseconds(200));
  ASSERT_EQ(pods().size(), 3U);
  EXPECT_EQ(text(*pods()[0], "status.phase"), "Pending");
  EXPECT_EQ(ready("web"), 0);
  pass(Milliseconds(3'000));
  auto web = get("Deployment", "web");
  EXPECT_EQ(text(web, "status.readyReplicas"), "3");
  EXPECT_EQ(text(web, "status.availableReplicas"), "3");
  EXPECT_EQ(text(web, "status.observedGeneration"), text(web, "metadata.generation"));
  EXPECT_EQ(condition(web, "Available"), "True");
  EXPECT_EQ(condition(web, "Progressing", "reason"), "NewReplicaSetAvailable");
  auto sets = world.store().list("ReplicaSet", "shop");
  ASSERT_EQ(sets.size(), 1U);
  EXPECT_EQ(text(*pods()[0], "metadata.labels.pod-template-hash"), text(*sets[0], "metadata.labels.pod-template-hash"));
  std::set<std::string> addresses, nodes;
  for (const auto& pod : pods())
    addresses.insert(text(*pod, "status.podIP")), nodes.insert(text(*pod, "spec.nodeName"));
  EXPECT_EQ(addresses.size(), 3U);
  EXPECT_EQ(nodes.size(), 3U);
}

TEST_F(Controllers, AWorldAtRestWritesNothing) {
  deploy(3);
  pass(Milliseconds(5'000));
  auto revision = world.store().revision();
  pass(Milliseconds(60'000));
  EXPECT_EQ(world.store().revision(), revision);
}

TEST_F(Controllers, ScalingMovesTheSamePods) {
  deploy(3);
  pass(Milliseconds(3'000));
  std::set<std::string> before;
  for (const auto& pod : pods()) before.insert(text(*pod, "metadata.name"));
  ASSERT_TRUE(scale(R"({"spec":{"replicas":5}})", "ada"));
  pass(Milliseconds(3'000));
  EXPECT_EQ(ready("web"), 5);
  for (const auto& pod : pods()) before.erase(text(*pod, "metadata.name"));
  EXPECT_TRUE(before.empty());
  ASSERT_TRUE(scale(R"({"spec":{"replicas":0}})", "ada"));
  pass(Milliseconds(3'000));
  EXPECT_TRUE(pods().empty());
  EXPECT_EQ(text(get("Deployment", "web"), "status.readyReplicas"), "");
}

TEST_F(Controllers, ARolloutNeverHasFewerReadyThanItMay) {
  deploy(4);
  pass(Milliseconds(3'000));
  ASSERT_TRUE(patch("Deployment", "web", R"({"spec":{"template":{"metadata":{"annotations":{"restarted":"now"}}}}})"));
  std::int64_t fewest = 4;
  std::size_t most = 0;
  for (int i = 0; i < 100; ++i) {
    pass(Milliseconds(200));
    fewest = std::min(fewest, ready("web"));
    std::size_t active = 0;
    for (const auto& pod : pods()) active += text(*pod, "metadata.deletionTimestamp").empty();
    most = std::max(most, active);
  }
  EXPECT_GE(fewest, 3);  // 25 % of 4 may be away
  EXPECT_LE(most, 5U);   // and 25 % more may be there
  EXPECT_EQ(text(get("Deployment", "web"), "status.updatedReplicas"), "4");
  EXPECT_EQ(text(get("Deployment", "web"), "status.replicas"), "4");
  for (const auto& pod : pods()) EXPECT_EQ(text(*pod, "metadata.annotations.restarted"), "now");
  EXPECT_EQ(world.store().list("ReplicaSet", "shop").size(), 2U);
}

TEST_F(Controllers, GoingBackToAnOldTemplateTakesItsSetAgain) {
  deploy(1);
  pass(Milliseconds(3'000));
  auto image = [&](const char* tag) {
    return std::string(R"({"spec":{"template":{"spec":{"containers":[{"name":"app","image":"registry.example/web:)") +
           tag + R"("}]}}}})";
  };
  ASSERT_TRUE(patch("Deployment", "web", image("2"), PatchKind::strategic));
  pass(Milliseconds(6'000));
  ASSERT_TRUE(patch("Deployment", "web", image("1"), PatchKind::strategic));
  pass(Milliseconds(6'000));
  EXPECT_EQ(world.store().list("ReplicaSet", "shop").size(), 2U);
  auto web = get("Deployment", "web");
  EXPECT_EQ(web["metadata"]["annotations"]["deployment.kubernetes.io/revision"].text(), "3");
  EXPECT_EQ(ready("web"), 1);
}

TEST_F(Controllers, ARolloutThatGetsStuckKeepsTheOldPodsAndMissesItsDeadline) {
  deploy(3);
  pass(Milliseconds(3'000));
  ASSERT_TRUE(patch("Deployment", "web", R"({"spec":{"progressDeadlineSeconds":30,
    "template":{"metadata":{"annotations":{"demo/fail":"ImagePullBackOff"}}}}})"));
  pass(Milliseconds(60'000));
  auto web = get("Deployment", "web");
  EXPECT_EQ(text(web, "status.readyReplicas"), "3");
  EXPECT_EQ(text(web, "status.updatedReplicas"), "1");
  EXPECT_EQ(condition(web, "Progressing"), "False");
  EXPECT_EQ(condition(web, "Progressing", "reason"), "ProgressDeadlineExceeded");
}

TEST_F(Controllers, ALostPodIsReplaced) {
  deploy(2);
  pass(Milliseconds(3'000));
  auto victim = key_of(*pods()[0]);
  ASSERT_TRUE(world.registry().remove(*served_kind("Pod"), victim, {}, {"", false, now}));
  EXPECT_TRUE(world.store().find(victim));  // it has its grace
  pass(Milliseconds(4'000));
  EXPECT_FALSE(world.store().find(victim));
  EXPECT_EQ(ready("web"), 2);
}

TEST_F(Controllers, WhatNoNodeCanHoldStaysPendingWithTheSchedulersReason) {
  deploy(1, "", ", resources: {requests: {cpu: '64'}}", "report");
  pass(Milliseconds(3'000));
  ASSERT_EQ(pods().size(), 1U);
  auto pod = pods()[0];
  EXPECT_EQ(text(*pod, "status.phase"), "Pending");
  EXPECT_EQ(condition(*pod, "PodScheduled"), "False");
  EXPECT_EQ(condition(*pod, "PodScheduled", "reason"), "Unschedulable");
  EXPECT_TRUE(condition(*pod, "PodScheduled", "message").starts_with("0/3 nodes are available: 3 Insufficient cpu."));
  EXPECT_NE(events_of(*pod).find("FailedScheduling: 0/3 nodes are available"), std::string::npos);
  ASSERT_TRUE(
      patch("Deployment", "report",
            R"({"spec":{"template":{"spec":{"containers":[{"name":"app","resources":{"requests":{"cpu":"500m"}}}]}}}})",
            PatchKind::strategic));
  pass(Milliseconds(6'000));
  EXPECT_EQ(ready("report"), 1);
}

TEST_F(Controllers, CapacityIsSpentByWhatIsAlreadyThere) {
  deploy(4, "", ", resources: {requests: {cpu: '5'}}");
  pass(Milliseconds(3'000));
  EXPECT_EQ(ready("web"), 3);  // one a node
  ASSERT_TRUE(patch("Node", "node-1", R"({"spec":{"unschedulable":true}})"));
  ASSERT_TRUE(scale(R"({"spec":{"replicas":2}})", "ada"));
  pass(Milliseconds(3'000));
  EXPECT_EQ(ready("web"), 2);
}

TEST_F(Controllers, AServiceHasTheReadyPodsAsEndpoints) {
  deploy(2, "", ", ports: [{name: http, containerPort: 8080}]");
  apply(
      "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, "
      "ports: [{port: 80, targetPort: http}]}}");
  EXPECT_TRUE(text(get("Service", "web"), "spec.clusterIP").starts_with("10.96."));
  pass(Milliseconds(3'000));
  auto endpoints = get("Endpoints", "web");
  EXPECT_EQ(endpoints["subsets"][0]["addresses"].array().size(), 2U);
  EXPECT_EQ(endpoints["subsets"][0]["ports"][0]["port"].integer_or(0), 8080);
  auto slices = world.store().list("EndpointSlice", "shop");
  ASSERT_EQ(slices.size(), 1U);
  EXPECT_EQ(json::View(*slices[0])["endpoints"].array().size(), 2U);
  EXPECT_EQ(json::View(*slices[0])["metadata"]["labels"]["kubernetes.io/service-name"].text(), "web");
  ASSERT_TRUE(scale(R"({"spec":{"replicas":0}})", "ada"));
  pass(Milliseconds(3'000));
  EXPECT_TRUE(get("Endpoints", "web")["subsets"].array().empty());
}

TEST_F(Controllers, AStatefulSetComesUpInOrderAndKeepsItsClaims) {
  apply(
      "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop}, spec: {replicas: 2, "
      "serviceName: db, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: "
      "{containers: [{name: db, image: 'registry.example/db:1'}]}}, volumeClaimTemplates: [{metadata: {name: data}, "
      "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}}");
  pass(Milliseconds(400));
  EXPECT_TRUE(get("Pod", "db-0"));
  EXPECT_FALSE(get("Pod", "db-1"));
  pass(Milliseconds(5'000));
  EXPECT_EQ(text(get("StatefulSet", "db"), "status.readyReplicas"), "2");
  auto claim = text(get("PersistentVolumeClaim", "data-db-1"), "metadata.uid");
  ASSERT_TRUE(scale(R"({"spec":{"replicas":1}})", "ada", false, "StatefulSet", "db"));
  pass(Milliseconds(3'000));
  EXPECT_FALSE(get("Pod", "db-1"));
  ASSERT_TRUE(
      patch("StatefulSet", "db", R"({"spec":{"replicas":2,"template":{"metadata":{"annotations":{"r":"1"}}}}})"));
  pass(Milliseconds(10'000));
  EXPECT_EQ(text(get("Pod", "db-0"), "metadata.annotations.r"), "1");
  EXPECT_EQ(text(get("StatefulSet", "db"), "status.updatedReplicas"), "2");
  EXPECT_EQ(text(get("PersistentVolumeClaim", "data-db-1"), "metadata.uid"), claim);
}

TEST_F(Controllers, ADaemonSetHasOnePodANode) {
  apply(
      "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent, namespace: shop}, spec: {selector: "
      "{matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: a, "
      "image: 'registry.example/agent:1'}]}}}}");
  pass(Milliseconds(3'000));
  EXPECT_EQ(text(get("DaemonSet", "agent"), "status.numberReady"), "3");
  apply("{apiVersion: v1, kind: Node, metadata: {name: node-4}}");
  pass(Milliseconds(3'000));
  EXPECT_EQ(text(get("DaemonSet", "agent"), "status.desiredNumberScheduled"), "4");
  EXPECT_EQ(text(get("DaemonSet", "agent"), "status.numberReady"), "4");
  ASSERT_TRUE(patch("DaemonSet", "agent", R"({"spec":{"template":{"metadata":{"annotations":{"r":"1"}}}}})"));
  pass(Milliseconds(30'000));
  for (const auto& pod : pods("agent")) EXPECT_EQ(text(*pod, "metadata.annotations.r"), "1");
}

TEST_F(Controllers, DeletingAnOwnerTakesWhatItOwnsUnlessItIsOrphaned) {
  for (std::string propagation : {"Background", "Foreground", "Orphan"}) {
    deploy(2);
    pass(Milliseconds(3'000));
    ASSERT_TRUE(world.registry().remove(
        *served_kind("Deployment"), {"Deployment", "shop", "web"},
        {.grace_seconds = {}, .propagation = propagation, .uid = {}, .resource_version = {}}, {"", false, now}));
    pass(Milliseconds(4'000));
    EXPECT_FALSE(get("Deployment", "web")) << propagation;
    EXPECT_EQ(pods().size(), propagation == "Orphan" ? 2U : 0U) << propagation;
  }
}

TEST_F(Controllers, ANamespaceTakesItsContentAlong) {
  deploy(2);
  pass(Milliseconds(3'000));
  ASSERT_TRUE(world.registry().remove(*served_kind("Namespace"), {"Namespace", "", "shop"}, {}, {"", false, now}));
  EXPECT_EQ(text(get("Namespace", "shop", ""), "status.phase"), "Terminating");
  pass(Milliseconds(5'000));
  EXPECT_FALSE(get("Namespace", "shop", ""));
  EXPECT_TRUE(world.store().list("Pod", "shop").empty());
}

TEST_F(Controllers, AnAutoscalerKeepsItsTargetBetweenItsBounds) {
  deploy(1);
  apply(
      "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web, namespace: shop}, spec: "
      "{scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 3}}");
  pass(Milliseconds(3'000));
  EXPECT_EQ(ready("web"), 2);
  ASSERT_TRUE(scale(R"({"spec":{"replicas":9}})", "ada"));
  pass(Milliseconds(3'000));
  EXPECT_EQ(text(get("Deployment", "web"), "spec.replicas"), "3");
}

TEST_F(Controllers, ABudgetTellsHowManyPodsMayGo) {
  deploy(3);
  apply(
      "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web, namespace: shop}, spec: "
      "{minAvailable: 2, selector: {matchLabels: {app: web}}}}");
  pass(Milliseconds(3'000));
  EXPECT_EQ(text(get("PodDisruptionBudget", "web"), "status.disruptionsAllowed"), "1");
  ASSERT_TRUE(scale(R"({"spec":{"replicas":2}})", "ada"));
  pass(Milliseconds(3'000));
  EXPECT_EQ(text(get("PodDisruptionBudget", "web"), "status.disruptionsAllowed"), "0");
}

TEST_F(Controllers, AQuotaStopsPodsBeyondItAndCountsWhatIsUsed) {
  apply(
      "{apiVersion: v1, kind: ResourceQuota, metadata: {name: small, namespace: shop}, spec: {hard: {pods: '3', "
      "requests.cpu: '2'}}}");
  deploy(5, "", ", resources: {requests: {cpu: 900m}}");
  pass(Milliseconds(3'000));
  EXPECT_EQ(ready("web"), 2);
  EXPECT_EQ(get("ResourceQuota", "small")["status"]["used"]["requests.cpu"].text(), "1800m");
  auto events = events_of(*world.store().list("ReplicaSet", "shop").at(0));
  EXPECT_NE(events.find("is forbidden: exceeded quota: small, requested: requests.cpu=900m, used: requests.cpu=1800m, "
                        "limited: requests.cpu=2"),
            std::string::npos)
      << events;
  ASSERT_TRUE(patch("ResourceQuota", "small", R"({"spec":{"hard":{"requests.cpu":null}}})"));
  pass(Milliseconds(3'000));
  EXPECT_EQ(ready("web"), 3);
}

}  // namespace
}  // namespace demo_cluster::world
