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
using testing::HasSubstr;
using testing::IsEmpty;

// As the scheduler writes it; the reasons stand in JSON.
std::string pending(std::string_view reasons) {
  return fmt::format(R"({{"phase": "Pending", "qosClass": "Burstable", "conditions": [{{"type": "PodScheduled",
    "status": "False", "reason": "Unschedulable",
    "message": "0/3 nodes are available: {}. preemption: 0/3 nodes are available: 3 No preemption victims found."}}]}})",
                     reasons);
}

struct NodeAs {
  std::string_view labels = R"("zone": "a")";
  std::string_view spec = {};  // members
};

sample::Cluster& node(sample::Cluster& cluster, std::string_view name, const NodeAs& as = {}) {
  return cluster.add(fmt::format(R"({{"kind": "Node", "metadata": {{"name": "{}", "labels": {{{}}}}}, "spec": {{{}}},
    "status": {{"allocatable": {{"cpu": "4", "memory": "8Gi"}}}}}})",
                                 name, as.labels, as.spec));
}

constexpr std::string_view kCordoned =
    R"("unschedulable": true, "taints": [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}])";
constexpr std::string_view kSpot = R"("taints": [{"key": "spot", "value": "true", "effect": "NoSchedule"}])";
constexpr std::string_view kControlPlane =
    R"("taints": [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}])";
constexpr std::string_view kWantsZoneB = R"(, "nodeSelector": {"zone": "b"})";
constexpr std::string_view kAffinityToZoneB = R"(, "affinity": {"nodeAffinity": {
    "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
      {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["b"]}]}]}}})";

// A Deployment whose pod waits for these reasons.
sample::Cluster waiting(std::string_view reasons, std::string_view more_pod = {}) {
  sample::Cluster cluster;
  std::string status = pending(reasons);
  cluster.deployment("web", {.status = status, .more_pod = std::string(more_pod)});
  return cluster;
}

TEST(Unschedulable, ASelectorThatNoNodeFits) {
  sample::Cluster cluster = waiting("3 node(s) didn't match Pod's node affinity/selector", kWantsZoneB);
  node(node(cluster, "n1"), "n2", {.spec = kCordoned});
  auto found = findings_of(cluster);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fault, "node-selector-mismatch");
  EXPECT_TRUE(cites(found[0], "Pod/web-5d9c-0 spec.nodeSelector"));
}

// kubectl label node n1 node-role.kubernetes.io/worker= : the value is empty.
TEST(Unschedulable, ALabelWithoutAValueIsNotALabelThatIsMissing) {
  constexpr std::string_view kWorkers = R"(, "nodeSelector": {"node-role.kubernetes.io/worker": ""})";
  sample::Cluster cluster = waiting("2 node(s) didn't match Pod's node affinity/selector", kWorkers);
  node(node(cluster, "n1"), "n2");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web node-selector-mismatch"));
  sample::Cluster labelled = waiting("1 node(s) were unschedulable", kWorkers);
  node(labelled, "n1", {.labels = R"("node-role.kubernetes.io/worker": "")", .spec = kCordoned});
  EXPECT_THAT(codes(labelled), ElementsAre("F1 Deployment/web node-cordoned"));
}

TEST(Unschedulable, ASelectorWhoseOnlyNodeIsCordoned) {
  sample::Cluster cluster =
      waiting("1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector", kWantsZoneB);
  node(node(node(cluster, "n1"), "n2"), "n3", {.labels = R"("zone": "b")", .spec = kCordoned});
  auto found = findings_of(cluster);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fault, "node-cordoned");
  EXPECT_TRUE(cites(found[0], "Node/n3 spec.unschedulable", "true"));
}

TEST(Unschedulable, ASelectorWhoseOnlyNodeIsTainted) {
  sample::Cluster cluster = waiting(
      "1 node(s) had untolerated taint {spot: true}, 2 node(s) didn't match Pod's node affinity/selector", kWantsZoneB);
  node(node(node(cluster, "n1"), "n2"), "n3", {.labels = R"("zone": "b")", .spec = kSpot});
  auto found = findings_of(cluster);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fault, "untolerated-taint");
  EXPECT_TRUE(cites(found[0], "Node/n3 spec.taints[0]", "spot"));
}

TEST(Unschedulable, ASelectorWhoseOnlyNodeIsFull) {
  for (std::string_view demand : {kWantsZoneB, kAffinityToZoneB}) {
    sample::Cluster cluster =
        waiting("1 Insufficient cpu, 2 node(s) didn't match Pod's node affinity/selector", demand);
    node(node(node(cluster, "n1"), "n2"), "n3", {.labels = R"("zone": "b")"});
    EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web insufficient-cpu")) << demand;
  }
}

// The scheduler asks for capacity last: who lacks it has passed the affinity.
TEST(Unschedulable, ANodeThatIsFullHasPassedTheAffinityEvenWhereLabelsAreHidden) {
  sample::Cluster cluster =
      waiting("1 Insufficient cpu, 2 node(s) didn't match Pod's node affinity/selector", kAffinityToZoneB);
  cluster.node("n1", "4").node("n2", "4").node("n3", "4");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web insufficient-cpu"));
}

// The DaemonSet controller gives each pod a node affinity to its node by name.
TEST(Unschedulable, APodOfADaemonSetWaitsForItsOwnNode) {
  sample::Cluster cluster;
  cluster.add(R"({"kind": "DaemonSet", "metadata": {"name": "logs", "namespace": "shop"}, "spec": {},
    "status": {"desiredNumberScheduled": 3, "currentNumberScheduled": 3, "numberReady": 2}})");
  cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "logs-x", "namespace": "shop",
    "ownerReferences": [{{"kind": "DaemonSet", "name": "logs", "controller": true}}]}},
    "spec": {{"containers": [{{"name": "app"}}], "affinity": {{"nodeAffinity": {{
      "requiredDuringSchedulingIgnoredDuringExecution": {{"nodeSelectorTerms": [
        {{"matchFields": [{{"key": "metadata.name", "operator": "In", "values": ["n2"]}}]}}]}}}}}}}},
    "status": {}}})",
                          pending("1 Insufficient memory, 2 node(s) didn't match Pod's node affinity/selector")));
  node(node(node(cluster, "n1"), "n2"), "n3");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 DaemonSet/logs insufficient-memory"));
}

TEST(Unschedulable, AnAffinityThatNoNodeFits) {
  sample::Cluster cluster = waiting("3 node(s) didn't match Pod's node affinity/selector", kAffinityToZoneB);
  node(node(cluster, "n1"), "n2", {.spec = kCordoned});
  auto found = findings_of(cluster);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fault, "node-affinity-mismatch");
  EXPECT_TRUE(cites(found[0], "Pod/web-5d9c-0 spec.affinity.nodeAffinity"));
}

// kubectl describe tells no affinity, and the control plane's node is cordoned as always.
TEST(Unschedulable, AnAffinityThatADescriptionLeavesOut) {
  sample::Cluster cluster =
      waiting("1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector");
  node(node(node(cluster, "n1"), "n2"), "n3", {.spec = kCordoned});
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web node-affinity-mismatch"));
}

TEST(Unschedulable, ReadsEveryOperatorOfANodeAffinity) {
  struct Row {
    std::string_view requirement;
    bool fits;  // a node with zone=a, cores=8
  };
  constexpr Row kRows[] = {
      {R"("key": "zone", "operator": "In", "values": ["b", "a"])", true},
      {R"("key": "zone", "operator": "NotIn", "values": ["a"])", false},
      {R"("key": "gpu", "operator": "NotIn", "values": ["a"])", true},
      {R"("key": "zone", "operator": "Exists")", true},
      {R"("key": "gpu", "operator": "Exists")", false},
      {R"("key": "zone", "operator": "DoesNotExist")", false},
      {R"("key": "gpu", "operator": "DoesNotExist")", true},
      {R"("key": "cores", "operator": "Gt", "values": ["7"])", true},
      {R"("key": "cores", "operator": "Gt", "values": ["8"])", false},
      {R"("key": "cores", "operator": "Lt", "values": ["9"])", true},
      {R"("key": "gpus", "operator": "Lt", "values": ["9"])", false},
      {R"("key": "zone", "operator": "Gt", "values": ["9"])", false},
  };
  for (const Row& row : kRows) {
    std::string affinity = fmt::format(R"(, "nodeSelector": {{"zone": "a"}}, "affinity": {{"nodeAffinity": {{
      "requiredDuringSchedulingIgnoredDuringExecution": {{"nodeSelectorTerms": [
        {{"matchExpressions": [{{{}}}]}}, {{}}]}}}}}})",
                                       row.requirement);
    sample::Cluster cluster = waiting("2 node(s) didn't match Pod's node affinity/selector", affinity);
    node(cluster, "n1", {.labels = R"("zone": "a", "cores": "8")", .spec = kCordoned});
    EXPECT_THAT(codes(cluster),
                ElementsAre(row.fits ? "F1 Deployment/web node-cordoned" : "F1 Deployment/web node-affinity-mismatch"))
        << row.requirement;
  }
}

// More than evidence would quote of them.
TEST(Unschedulable, TwoAffinitiesThatDifferOnlyAtTheirEndAreTwo) {
  sample::Cluster cluster;
  std::string zones, status = pending("2 node(s) were kept away");
  for (int i = 0; i < 100; ++i) zones += fmt::format(R"("far-{}", )", i);
  for (std::string_view zone : {"a", "b"})
    cluster.deployment(fmt::format("in-{}", zone), {.status = status,
                                                    .more_pod = fmt::format(R"(, "affinity": {{
      "nodeAffinity": {{"requiredDuringSchedulingIgnoredDuringExecution": {{"nodeSelectorTerms": [
        {{"matchExpressions": [{{"key": "zone", "operator": "In", "values": [{}"{}"]}}]}}]}}}}}})",
                                                                            zones, zone)});
  node(node(cluster, "n1", {.spec = kCordoned}), "n2", {.labels = R"("zone": "b")", .spec = kSpot});
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/in-a node-cordoned", "F2 Deployment/in-b untolerated-taint"));
}

TEST(Unschedulable, AControlPlanesOwnTaintDoesNotCount) {
  for (bool are_labels_hidden : {false, true}) {
    sample::Cluster cluster = waiting(
        "1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 1 node(s) were unschedulable");
    node(cluster, "cp", {.labels = are_labels_hidden ? "" : R"("zone": "a")", .spec = kControlPlane});
    node(cluster, "n1", {.labels = are_labels_hidden ? "" : R"("zone": "a")", .spec = kCordoned});
    EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web node-cordoned")) << are_labels_hidden;
  }
  sample::Cluster full =
      waiting("1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient memory");
  node(node(node(full, "cp", {.spec = kControlPlane}), "n1"), "n2");
  EXPECT_THAT(codes(full), ElementsAre("F1 Deployment/web insufficient-memory"));
}

TEST(Unschedulable, AControlPlaneThatIsCordonedIsNotTheOneNodeThatAnAffinityLeaves) {
  constexpr std::string_view kNotInA = R"(, "affinity": {"nodeAffinity": {
    "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
      {"matchExpressions": [{"key": "zone", "operator": "NotIn", "values": ["a"]}]}]}}})";
  constexpr std::string_view kReasons =
      "1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector";
  for (std::string_view labels : {R"("kubernetes.io/role": "master")", R"("node-role.kubernetes.io/master": "")"}) {
    sample::Cluster cluster = waiting(kReasons, kNotInA);
    node(node(node(cluster, "cp", {.labels = labels, .spec = kCordoned}), "n1"), "n2");
    EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web node-affinity-mismatch")) << labels;
    sample::Cluster meant = waiting(kReasons, fmt::format(R"({}, "tolerations": [
      {{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}}])",
                                                          kNotInA));
    node(node(node(meant, "cp", {.labels = labels, .spec = kCordoned}), "n1"), "n2");
    EXPECT_THAT(codes(meant), ElementsAre("F1 Deployment/web node-cordoned")) << "it would run on a control plane";
  }
}

// kubectl describe leaves affinities out.
TEST(Unschedulable, AnAffinityThatIsNotToldIsKnownByTheSchedulersWords) {
  sample::Cluster cluster =
      waiting("1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector");
  node(node(node(cluster, "cp", {.spec = kCordoned}), "n1"), "n2");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web node-affinity-mismatch"));
  sample::Cluster full = waiting("1 Insufficient memory, 2 node(s) didn't match Pod's node affinity/selector");
  node(node(node(full, "n1"), "n2"), "n3");
  EXPECT_THAT(codes(full), ElementsAre("F1 Deployment/web insufficient-memory"));
}

TEST(Unschedulable, TheTaintOfAControlPlaneCountsWhereThereIsNoOtherNode) {
  sample::Cluster cluster = waiting("1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }");
  node(cluster, "cp", {.spec = kControlPlane});
  auto found = findings_of(cluster);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fault, "untolerated-taint");
  EXPECT_TRUE(cites(found[0], "Node/cp spec.taints[0]"));
}

TEST(Unschedulable, ATolerationIsReadAsTheSchedulerReadsIt) {
  constexpr std::string_view kTolerations[] = {
      R"({"key": "spot", "operator": "Equal", "value": "true", "effect": "NoSchedule"})",
      R"({"key": "spot", "value": "true"})", R"({"key": "spot", "operator": "Exists"})"};
  for (std::string_view toleration : kTolerations) {
    sample::Cluster cluster =
        waiting("1 node(s) were unschedulable", fmt::format(R"(, "tolerations": [{}])", toleration));
    node(node(node(cluster, "n1", {.spec = kSpot}), "n2", {.spec = kSpot}), "n3", {.spec = kCordoned});
    EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web node-cordoned")) << toleration;
  }
  constexpr std::string_view kOthers[] = {R"({"key": "spot", "value": "false"})",
                                          R"({"key": "spot", "operator": "Exists", "effect": "NoExecute"})",
                                          R"({"key": "gpu", "operator": "Exists"})"};
  for (std::string_view toleration : kOthers) {
    sample::Cluster cluster =
        waiting("2 node(s) had untolerated taint {spot: true}", fmt::format(R"(, "tolerations": [{}])", toleration));
    node(node(cluster, "n1", {.spec = kSpot}), "n2", {.spec = kSpot});
    EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web untolerated-taint")) << toleration;
  }
}

// The DaemonSet controller gives its pods a toleration of cordons.
TEST(Unschedulable, ACordonKeepsNobodyAwayWhoToleratesIt) {
  for (std::string_view toleration :
       {R"({"operator": "Exists"})", R"({"key": "node.kubernetes.io/unschedulable", "operator": "Exists"})"}) {
    sample::Cluster cluster = waiting("1 Insufficient cpu", fmt::format(R"(, "tolerations": [{}])", toleration));
    node(cluster, "n1", {.spec = kCordoned});
    EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web insufficient-cpu")) << toleration;
  }
}

// A node that the scheduler calls too small was never one for the pod: what keeps it from the others is the cause.
TEST(Unschedulable, TheOnlyNodeWithTheResourceIsWhatCounts) {
  struct Row {
    std::string_view keeps, fault, path;
  };
  constexpr Row kRows[] = {{kCordoned, "node-cordoned", "spec.unschedulable"},
                           {kSpot, "untolerated-taint", "spec.taints[0]"}};
  for (const Row& row : kRows) {
    sample::Cluster cluster;
    std::string status = pending("2 Insufficient nvidia.com/gpu, 1 node(s) were kept away");
    cluster.deployment("web", {.status = status, .resources = R"({"requests": {"nvidia.com/gpu": "1"}})"});
    node(node(cluster, "n1"), "n2", {.spec = row.keeps});
    cluster.add(fmt::format(R"({{"kind": "Node", "metadata": {{"name": "n3", "labels": {{"zone": "a"}}}},
      "spec": {{{}}}, "status": {{"allocatable": {{"nvidia.com/gpu": "2"}}}}}})",
                            row.keeps));
    auto found = findings_of(cluster);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].fault, row.fault);
    EXPECT_TRUE(cites(found[0], fmt::format("Node/n3 {}", row.path)));
    EXPECT_FALSE(cites(found[0], fmt::format("Node/n2 {}", row.path))) << "it has no such resource";
  }
}

TEST(Unschedulable, ANodeThatDoesNotSayWhatItHasMayHaveIt) {
  sample::Cluster cluster;
  std::string status = pending("1 Insufficient nvidia.com/gpu, 1 node(s) were unschedulable");
  cluster.deployment("web", {.status = status, .resources = R"({"requests": {"nvidia.com/gpu": "1"}})"});
  cluster.add(fmt::format(R"({{"kind": "Node", "metadata": {{"name": "n1", "labels": {{"zone": "a"}}}},
    "spec": {{{}}}}})",
                          kCordoned));
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web node-cordoned"));
  cluster.add(R"({"kind": "Node", "metadata": {"name": "n2", "labels": {"zone": "a"}}})");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web insufficient-resource")) << "this one is free";
}

// A local volume, of one node.
sample::Cluster with_volume(std::string_view hostname, std::string_view reasons) {
  sample::Cluster cluster =
      waiting(reasons, R"(, "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "d"}}])");
  cluster.add(R"({"kind": "PersistentVolumeClaim", "metadata": {"name": "d", "namespace": "shop"},
    "spec": {"volumeName": "disk"}, "status": {"phase": "Bound"}})");
  return std::move(cluster.add(fmt::format(R"({{"kind": "PersistentVolume", "metadata": {{"name": "disk"}}, "spec": {{
    "nodeAffinity": {{"required": {{"nodeSelectorTerms": [{{"matchExpressions": [
      {{"key": "kubernetes.io/hostname", "operator": "In", "values": ["{}"]}}]}}]}}}}}}}})",
                                           hostname)));
}

TEST(Unschedulable, TheOnlyNodeThatReachesTheVolumeIsWhatCounts) {
  constexpr std::string_view kReasons =
      "1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) were unschedulable";
  constexpr std::string_view kN1 = R"("kubernetes.io/hostname": "n1")", kN2 = R"("kubernetes.io/hostname": "n2")";
  sample::Cluster cluster = with_volume("n1", kReasons);
  node(node(cluster, "n1", {.labels = kN1, .spec = kCordoned}), "n2", {.labels = kN2});
  auto found = findings_of(cluster);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fault, "node-cordoned");
  EXPECT_TRUE(cites(found[0], "Node/n1 spec.unschedulable", "true"));
  EXPECT_TRUE(cites(found[0], "PersistentVolume/disk spec.nodeAffinity.required.nodeSelectorTerms", "n1"));

  sample::Cluster another = with_volume("n2", "1 Insufficient cpu, 1 node(s) were unschedulable");
  node(node(another, "n1", {.labels = kN1, .spec = kCordoned}), "n2", {.labels = kN2});
  EXPECT_THAT(codes(another), ElementsAre("F1 Deployment/web insufficient-cpu")) << "its node is full";
}

TEST(Unschedulable, TellsWhereACordonStands) {
  sample::Cluster cluster = waiting("1 node(s) were unschedulable");
  node(cluster, "n1", {.spec = R"("taints": [{"key": "a"}, {"key": "node.kubernetes.io/unschedulable"}])"});
  EXPECT_TRUE(cites(findings_of(cluster)[0], "Node/n1 spec.taints[1]"));
}

// deletionTimestamp is the end of the grace period; a kubelet may take a moment more to confirm it.
TEST(Unschedulable, WhatMakesRoomOnTheNominatedNodeIsWaitedFor) {
  auto nominated = [](std::string_view going_on, std::string_view ends) {
    sample::Cluster cluster;
    cluster.deployment("web", {.status = R"({"phase": "Pending", "qosClass": "Burstable", "nominatedNodeName": "n1",
      "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
        "message": "0/2 nodes are available: 2 Insufficient cpu."}]})"});
    cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "low", "namespace": "shop",
      "deletionTimestamp": "2026-01-02T{}Z"}}, "spec": {{"nodeName": "{}"}}, "status": {{"phase": "Running"}}}})",
                            ends, going_on));
    return codes(node(node(cluster, "n1"), "n2"));
  };
  const auto kTold = ElementsAre("F1 Deployment/web insufficient-cpu");
  EXPECT_THAT(nominated("n1", "12:00:20"), IsEmpty());
  EXPECT_THAT(nominated("n1", "11:59:30"), IsEmpty()) << "the kubelet has not confirmed it yet";
  EXPECT_THAT(nominated("n1", "11:58:00"), kTold) << "it does not go";
  EXPECT_THAT(nominated("n2", "12:00:20"), kTold) << "it goes elsewhere";
}

// What the scheduler says of claims that were only just made.
TEST(Unschedulable, ClaimsThatAreBeingMadeAreWaitedFor) {
  auto waits = [](std::string_view made, std::string_view phase, std::string_view reasons) {
    sample::Cluster cluster =
        waiting(reasons, R"(, "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "d"}}])");
    cluster.add(fmt::format(R"({{"kind": "PersistentVolumeClaim", "metadata": {{"name": "d", "namespace": "shop",
      "creationTimestamp": "2026-01-02T{}Z"}}, "spec": {{"storageClassName": "fast"}}, "status": {{"phase": "{}"}}}})",
                            made, phase));
    return codes(node(node(cluster, "n1"), "n2"));
  };
  constexpr std::string_view kUnbound = "pod has unbound immediate PersistentVolumeClaims";
  EXPECT_THAT(waits("11:59:00", "Pending", kUnbound), IsEmpty());
  EXPECT_THAT(waits("11:57:00", "Pending", kUnbound), ElementsAre("F1 Deployment/web claim-pending"));
  EXPECT_THAT(waits("11:59:00", "Pending", "2 Insufficient cpu"), ElementsAre("F1 Deployment/web insufficient-cpu"));
}

TEST(Unschedulable, ATaintThatOnlyPrefersKeepsNobodyAway) {
  sample::Cluster cluster = waiting("1 node(s) were unschedulable");
  node(cluster, "n1", {.spec = R"("taints": [{"key": "spot", "effect": "PreferNoSchedule"}])"});
  node(cluster, "n2", {.spec = kCordoned});
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/web node-cordoned"));
}

TEST(Unschedulable, WhereLabelsAreHiddenTheSchedulersCountDecides) {
  auto hidden = [](std::string_view reasons, std::string_view demand) {
    sample::Cluster cluster = waiting(reasons, demand);
    cluster.node("n1", "4").node("n2", "4").node("n3", "4");
    return codes(cluster);
  };
  EXPECT_THAT(hidden("3 node(s) didn't match Pod's node affinity/selector", kWantsZoneB),
              ElementsAre("F1 Deployment/web node-selector-mismatch"));
  EXPECT_THAT(hidden("3 node(s) didn't match Pod's node affinity/selector", kAffinityToZoneB),
              ElementsAre("F1 Deployment/web node-affinity-mismatch"));
  EXPECT_THAT(hidden("1 node(s) had untolerated taint {spot: true}, 2 node(s) were unschedulable", ""),
              ElementsAre("F1 Deployment/web node-cordoned"));
  EXPECT_THAT(hidden("1 node(s) were unschedulable, 2 node(s) had untolerated taint {spot: true}", ""),
              ElementsAre("F1 Deployment/web untolerated-taint"));
}

TEST(Unschedulable, TellsEveryReasonOfCapacity) {
  struct Row {
    std::string_view reason, fault;
  };
  constexpr Row kRows[] = {
      {"3 Insufficient cpu", "insufficient-cpu"},
      {"3 Insufficient memory", "insufficient-memory"},
      {"3 Insufficient nvidia.com/gpu", "insufficient-resource"},
      {"3 Too many pods", "too-many-pods"},
      {"3 node(s) didn't have free ports for the requested pod ports", "host-port-conflict"},
      {"3 node(s) didn't match pod anti-affinity rules", "pod-anti-affinity-conflict"},
      {"3 node(s) didn't match pod affinity rules", "pod-affinity-unsatisfied"},
      {"3 node(s) didn't match pod topology spread constraints", "topology-spread-unsatisfied"},
      {"3 node(s) had volume node affinity conflict", "volume-node-mismatch"},
      {"3 node(s) exceed max volume count", "unschedulable"},
  };
  for (const Row& row : kRows) {
    sample::Cluster cluster = waiting(row.reason);
    node(node(node(cluster, "n1"), "n2"), "n3");
    EXPECT_THAT(told(cluster), ElementsAre(HasSubstr(fmt::format("Deployment/web {}: cannot be scheduled", row.fault))))
        << row.reason;
  }
}

TEST(Unschedulable, ComparesTheRequestsWithTheLargestNode) {
  auto asking = [](std::string_view cpu) {
    sample::Cluster cluster;
    std::string status = pending("2 Insufficient cpu");
    cluster.deployment("web", {.status = status, .resources = fmt::format(R"({{"requests": {{"cpu": "{}"}}}})", cpu)});
    cluster.node("n1", "4").node("n2", "2");
    return told(cluster);
  };
  EXPECT_THAT(asking("4001m"), ElementsAre(HasSubstr("asks for 4001m CPU, the largest node has 4")));
  EXPECT_THAT(asking("4"), ElementsAre(HasSubstr("no node has the CPU left that it asks for")));
}

// kubernetes/component-helpers/resource: what runs together, or what starting takes if that is more.
TEST(Unschedulable, AddsTheRequestsUpAsTheSchedulerDoes) {
  auto init = [](std::string_view cpu, bool stays) {
    return fmt::format(R"({{"name": "i-{0}", "resources": {{"requests": {{"cpu": "{0}"}}}}{1}}})", cpu,
                       stays ? R"(, "restartPolicy": "Always")" : "");
  };
  struct Row {
    std::string inits, overhead;
    std::string_view asks;
  };
  const Row kRows[] = {
      {init("2", true), "", "asks for 5 CPU, the largest node has 4"},
      {init("1", true), "", "no node has the CPU left"},
      {init("4", false), "", "no node has the CPU left"},
      {init("1", true) + "," + init("3500m", false), "", "asks for 4500m CPU"},
      {init("3500m", false) + "," + init("1", true), "", "no node has the CPU left"},
      {init("1", true), "250m", "asks for 4250m CPU"},
      {init("9223372036854775", true) + "," + init("9223372036854775", true), "", "asks for 9223372036854775807m CPU"},
  };
  for (const Row& row : kRows) {
    sample::Cluster cluster;
    std::string status = pending("1 Insufficient cpu");
    std::string overhead = row.overhead.empty() ? "" : fmt::format(R"(, "overhead": {{"cpu": "{}"}})", row.overhead);
    cluster.deployment("web", {.status = status,
                               .resources = R"({"requests": {"cpu": "3"}})",
                               .more_pod = fmt::format(R"(, "initContainers": [{}]{})", row.inits, overhead)});
    EXPECT_THAT(told(cluster.node("n1", "4")), ElementsAre(HasSubstr(row.asks))) << row.inits << overhead;
  }
}

TEST(Unschedulable, CitesTheRequestsThatAddUp) {
  sample::Cluster cluster;
  std::string status = pending("1 Insufficient cpu");
  cluster.deployment("web", {.status = status, .resources = R"({"requests": {"cpu": "3"}})", .more_pod = R"(,
    "overhead": {"cpu": "1"}, "initContainers": [{"name": "p", "restartPolicy": "Always",
      "resources": {"requests": {"cpu": "2"}}}])"});
  auto found = findings_of(cluster.node("n1", "4"));
  ASSERT_EQ(found.size(), 1u);
  for (std::string_view path :
       {"containers[0].resources.requests.cpu", "initContainers[0].resources.requests.cpu", "overhead.cpu"})
    EXPECT_TRUE(cites(found[0], fmt::format("Pod/web-5d9c-0 spec.{}", path))) << path;
}

TEST(Unschedulable, NodesThatDoNotSayWhatTheyHaveAreNotTooSmall) {
  sample::Cluster cluster;
  std::string status = pending("1 Insufficient cpu");
  cluster.deployment("web", {.status = status, .resources = R"({"requests": {"cpu": "100m"}})"});
  cluster.add(R"({"kind": "Node", "metadata": {"name": "n1"}, "status": {}})");
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("no node has the CPU left that it asks for")));
}

TEST(Unschedulable, AnOfferThatNoNodeMakesIsTold) {
  sample::Cluster cluster;
  std::string status = pending("1 Insufficient nvidia.com/gpu");
  cluster.deployment("web", {.status = status, .resources = R"({"requests": {"nvidia.com/gpu": "1"}})"});
  cluster.node("n1", "4");
  EXPECT_THAT(told(cluster),
              ElementsAre(HasSubstr("insufficient-resource: asks for 1 nvidia.com/gpu, no node has any")));
}

TEST(Unschedulable, APodThatHasANodeByNowIsWell) {
  sample::Cluster cluster;
  cluster.deployment("web");
  cluster.event("e1", "web-5d9c-0", "FailedScheduling", "0/3 nodes are available: 3 Insufficient cpu.");
  EXPECT_THAT(codes(cluster), IsEmpty());
  sample::Cluster starting;
  starting.deployment("web", {.status = R"({"phase": "Pending", "conditions": [{"type": "PodScheduled",
    "status": "True"}]})",
                              .more_pod = R"(, "nodeName": "n1")"});
  starting.event("e1", "web-5d9c-0", "FailedScheduling", "0/3 nodes are available: 3 Insufficient cpu.");
  EXPECT_THAT(codes(starting), IsEmpty());
}

TEST(Unschedulable, APodThatWaitsForItsGatesIsNotRefused) {
  sample::Cluster cluster;
  cluster.deployment("web", {.status = R"({"phase": "Pending", "qosClass": "BestEffort", "conditions": [{
    "type": "PodScheduled", "status": "False", "reason": "SchedulingGated", "message": "Scheduling is blocked due to gates"}]})",
                             .more_pod = R"(, "schedulingGates": [{"name": "queue"}])"});
  EXPECT_THAT(codes(cluster), IsEmpty());
}

TEST(Unschedulable, APodWhoseGatesStayIsTold) {
  auto gated = [](std::string_view made) {
    sample::Cluster cluster;
    return cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "job", "namespace": "shop",
      "creationTimestamp": "{}"}}, "spec": {{"containers": [{{"name": "app"}}], "schedulingGates": [{{"name": "queue"}}]}},
      "status": {{"phase": "Pending", "qosClass": "BestEffort", "conditions": [{{"type": "PodScheduled",
      "status": "False", "reason": "SchedulingGated"}}]}}}})",
                                   made));
  };
  EXPECT_THAT(codes(gated("2026-01-02T09:00:00Z")), ElementsAre("F1 Pod/job scheduling-gated"));
  EXPECT_THAT(codes(gated("2026-01-02T11:58:00Z")), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
