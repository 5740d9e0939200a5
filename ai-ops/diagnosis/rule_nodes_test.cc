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

// As systemd tells it.
sample::Cluster& unit(sample::Cluster& cluster, std::string_view node, std::string_view name, std::string_view active,
                      std::string_view result = "") {
  std::string more = result.empty() ? "" : fmt::format(R"(, "result": "{}")", result);
  return cluster.add(fmt::format(R"({{"kind": "NodeService", "metadata": {{"name": "{0}.{1}"}},
    "spec": {{"node": "{0}", "unit": "{1}"}}, "status": {{"active": "{2}"{3}, "since": "2026-01-02T11:40:00Z"}}}})",
                                 node, name, active, more));
}

sample::Cluster& node(sample::Cluster& cluster, std::string_view name, std::string_view type, std::string_view status,
                      std::string_view reason, std::string_view message,
                      std::string_view made = "2025-12-01T00:00:00Z") {
  return cluster.add(fmt::format(R"({{"kind": "Node", "metadata": {{"name": "{0}", "uid": "uid-{0}",
    "creationTimestamp": "{1}"}}, "status": {{"conditions": [{{"type": "{2}", "status": "{3}", "reason": "{4}",
    "message": "{5}"}}]}}}})",
                                 name, made, type, status, reason, message));
}

sample::Cluster& silent_node(sample::Cluster& cluster, std::string_view name) {
  return node(cluster, name, "Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");
}

TEST(Nodes, AUnitThatIsDownIsTheFaultOfItsKind) {
  struct Row {
    std::string_view unit, fault;
  };
  constexpr Row kRows[] = {{"kubelet", "kubelet-unavailable"},
                           {"kubelet.service", "kubelet-unavailable"},
                           {"containerd", "container-runtime-unavailable"},
                           {"crio", "container-runtime-unavailable"},
                           {"kube-proxy", "kube-proxy-unavailable"},
                           {"kube-scheduler", "scheduler-unavailable"},
                           {"chronyd", "node-service-unavailable"}};
  for (const Row& row : kRows) {
    for (std::string_view state : {"inactive", "failed"}) {
      sample::Cluster cluster;
      unit(cluster, "n1", row.unit, state);
      auto found = findings_of(cluster);
      ASSERT_EQ(found.size(), 1u) << row.unit;
      EXPECT_EQ(found[0].fault, row.fault);
      EXPECT_EQ(found[0].object.text(), "Node/n1");
      EXPECT_EQ(found[0].severity, Severity::critical);
      EXPECT_TRUE(cites(found[0], fmt::format("NodeService/n1.{} status.active", row.unit), state)) << row.unit;
    }
  }
}

TEST(Nodes, AUnitThatRunsOrStartsIsWell) {
  sample::Cluster cluster;
  unit(cluster, "n1", "kubelet", "active");
  unit(cluster, "n2", "kubelet", "reloading");
  unit(cluster, "n3", "kubelet", "activating");
  unit(cluster, "n4", "kubelet", "active", "success");
  EXPECT_THAT(codes(cluster), IsEmpty());
}

// kubeadm's kubelet has Restart=always: between two crashes it is "activating (auto-restart) (Result: exit-code)".
TEST(Nodes, AUnitThatSystemdStartsAgainAndAgainIsDown) {
  sample::Cluster cluster;
  unit(cluster, "n1", "kubelet", "activating", "exit-code");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Node/n1 kubelet-unavailable"));
  auto found = findings_of(cluster);
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(cites(found[0], "NodeService/n1.kubelet status.result", "exit-code"));
}

TEST(Nodes, AKubeletThatIsDownIsTheRootOfANodeThatIsNotReadyAndOfWhatIsIllThere) {
  sample::Cluster cluster;
  unit(cluster, "n1", "kubelet", "inactive");
  silent_node(cluster, "n1");
  cluster.deployment("web", {.status = sample::kCrashing, .more_pod = R"(, "nodeName": "n1")"});
  cluster.deployment("cart", {.more_pod = R"(, "nodeName": "n1")"});
  cluster.deployment("other", {.status = sample::kCrashing, .more_pod = R"(, "nodeName": "n2")"});
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Node/n1 kubelet-unavailable", "F2 Node/n1 node-not-ready <- F1",
                                          "F3 Deployment/other crash", "F4 Deployment/web crash <- F1 <- F2"));
}

TEST(Nodes, ANodeThatIsNotReadySaysWhy) {
  struct Row {
    std::string_view message, fault;
  };
  constexpr Row kRows[] = {
      {"Kubelet stopped posting node status.", "kubelet-unavailable"},
      {"[container runtime is down, PLEG is not healthy: pleg was last seen active 3m2s ago]",
       "container-runtime-unavailable"},
      {"container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin "
       "returns error: cni plugin not initialized",
       "network-plugin-unavailable"},
      {"PLEG is not healthy: pleg was last seen active 3m2s ago; threshold is 3m0s", "node-not-ready"},
      {"", "node-not-ready"},
  };
  for (const Row& row : kRows) {
    sample::Cluster cluster;
    node(cluster, "n1", "Ready", "False", "KubeletNotReady", row.message);
    EXPECT_THAT(codes(cluster), ElementsAre(fmt::format("F1 Node/n1 {}", row.fault))) << row.message;
  }
}

TEST(Nodes, ANodeThatIsReadyIsWell) {
  sample::Cluster cluster;
  node(cluster, "n1", "Ready", "True", "KubeletReady", "kubelet is posting ready status");
  node(cluster, "n2", "MemoryPressure", "False", "KubeletHasSufficientMemory", "");
  node(cluster, "n3", "NetworkUnavailable", "False", "CalicoIsUp", "");
  cluster.event_about("Node", "n1", "e1", "NodeNotReady", "Node n1 status is now: NodeNotReady");
  EXPECT_THAT(codes(cluster), IsEmpty());
}

// Its network plugin is a pod that must start there first.
TEST(Nodes, ANodeThatJustJoinedHasTimeToBecomeReady) {
  constexpr std::string_view kStarting = "container runtime network not ready: cni plugin not initialized";
  sample::Cluster joining;
  node(joining, "n1", "Ready", "False", "KubeletNotReady", kStarting, "2026-01-02T11:59:30Z");
  EXPECT_THAT(codes(joining), IsEmpty());
  sample::Cluster late;
  node(late, "n1", "Ready", "False", "KubeletNotReady", kStarting, "2026-01-02T11:50:00Z");
  EXPECT_THAT(codes(late), ElementsAre("F1 Node/n1 network-plugin-unavailable"));
}

TEST(Nodes, PressureAndAnUnconfiguredNetworkAreWarnings) {
  struct Row {
    std::string_view type, fault;
  };
  constexpr Row kRows[] = {{"MemoryPressure", "node-under-pressure"},
                           {"DiskPressure", "node-under-pressure"},
                           {"PIDPressure", "node-under-pressure"},
                           {"NetworkUnavailable", "network-plugin-unavailable"}};
  for (const Row& row : kRows) {
    sample::Cluster cluster;
    node(cluster, "n1", row.type, "True", "Reason", "kubelet has disk pressure");
    EXPECT_THAT(told(cluster), ElementsAre(fmt::format("warning Node/n1 {}: reports {}: kubelet has disk pressure",
                                                       row.fault, row.type)));
  }
}

// A pod as the API server makes it, without a word of a scheduler.
sample::Cluster unseen(std::string_view made, std::string_view status = R"({"phase": "Pending",
    "qosClass": "BestEffort"})",
                       std::string_view spec = R"("schedulerName": "default-scheduler")") {
  sample::Cluster cluster;
  cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "job-1", "namespace": "shop",
    "creationTimestamp": "{}"}}, "spec": {{"containers": [{{"name": "app"}}], {}}}, "status": {}}})",
                          made, spec, status));
  return cluster;
}
constexpr std::string_view kLongAgo = "2026-01-02T11:50:00Z";

TEST(Nodes, APodThatNoSchedulerLookedAt) {
  EXPECT_THAT(told(unseen(kLongAgo)), ElementsAre("critical Pod/job-1 scheduler-unavailable: no scheduler has looked "
                                                  "at its pod (default-scheduler)"));
}

TEST(Nodes, APodThatIsNewOrGatedOrOnANodeWaitsForNoScheduler) {
  EXPECT_THAT(codes(unseen("2026-01-02T11:59:55Z")), IsEmpty()) << "5 s old";
  EXPECT_THAT(codes(unseen(kLongAgo, R"({"phase": "Pending", "qosClass": "BestEffort"})", R"("nodeName": "n1")")),
              IsEmpty());
  EXPECT_THAT(codes(unseen(kLongAgo, R"({"phase": "Pending", "qosClass": "BestEffort"})",
                           R"("schedulingGates": [{"name": "queue"}])")),
              ElementsAre("F1 Pod/job-1 scheduling-gated"));
  EXPECT_THAT(codes(unseen(kLongAgo, R"({"phase": "Pending"})")), IsEmpty()) << "not its whole status";
  sample::Cluster cluster = unseen(kLongAgo);
  cluster.event("e1", "job-1", "FailedScheduling", "0/1 nodes are available: 1 Too many pods.");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Pod/job-1 too-many-pods")) << "a scheduler has looked";
}

// The node lifecycle controller taints what is not well, so what waits for such a node waits for the node's fault.
TEST(Nodes, WhyAPodIsKeptAwayByTheTaintOfACondition) {
  auto waiting_for = [](std::string_view taint) {
    sample::Cluster cluster = unseen(kLongAgo);
    cluster.event("e1", "job-1", "FailedScheduling",
                  fmt::format("0/1 nodes are available: 1 node(s) had untolerated taint {{{}: }}", taint));
    return cluster;
  };
  sample::Cluster unreachable = waiting_for("node.kubernetes.io/unreachable");
  silent_node(unreachable, "n1");
  EXPECT_THAT(codes(unreachable),
              ElementsAre("F1 Node/n1 kubelet-unavailable", "F2 Pod/job-1 untolerated-taint <- F1"));
  sample::Cluster full = waiting_for("node.kubernetes.io/disk-pressure");
  node(full, "n1", "DiskPressure", "True", "KubeletHasDiskPressure", "kubelet has disk pressure");
  EXPECT_THAT(codes(full), ElementsAre("F1 Node/n1 node-under-pressure", "F2 Pod/job-1 untolerated-taint <- F1"));
  sample::Cluster kept = waiting_for("gpu");
  silent_node(kept, "n1");
  EXPECT_THAT(codes(kept), testing::Not(testing::Contains(HasSubstr("<-")))) << "a taint that somebody set";
}

TEST(Nodes, ASchedulerThatIsDownIsWhyPodsWait) {
  sample::Cluster cluster = unseen(kLongAgo);
  unit(cluster, "cp-1", "kube-scheduler", "failed");
  EXPECT_THAT(codes(cluster),
              ElementsAre("F1 Node/cp-1 scheduler-unavailable", "F2 Pod/job-1 scheduler-unavailable <- F1"));
}

}  // namespace
}  // namespace ai_ops::diagnosis
