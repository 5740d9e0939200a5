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
    sample::Cluster meant = waiting(kReasons, fmt::format(R"({}, "tolerations": [{{"operator": "Exists"}}])", kNotInA));
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
      R"({"key": "spot", "value": "true"})", R"({"key": "spot", "operator": "Exists"})", R"({"operator": "Exists"})"};
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
