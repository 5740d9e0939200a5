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

std::vector<std::string> inactive(std::string_view name, std::string_view more) {
  sample::Cluster cluster;
  cluster.add(fmt::format(R"({{"kind": "NodeService", "metadata": {{"name": "n1.{0}"}},
    "spec": {{"node": "n1", "unit": "{0}"}}, "status": {{"active": "inactive"{1}}}}})",
                          name, more));
  return codes(cluster);
}
constexpr std::string_view kSince = R"(, "since": "2026-01-02T11:00:00Z")";

TEST(Nodes, AUnitThatRestsOrThatNobodyWantsIsWell) {
  EXPECT_THAT(inactive("bluetooth", R"(, "unit_file": "disabled")"), IsEmpty());
  EXPECT_THAT(inactive("nfs-server", R"(, "unit_file": "masked")"), IsEmpty());
  EXPECT_THAT(inactive("logrotate", R"(, "unit_file": "static")"), IsEmpty());
  EXPECT_THAT(inactive("fstrim", R"(, "unit_file": "enabled", "triggered": true)"), IsEmpty());
  EXPECT_THAT(inactive("setup", R"(, "unit_file": "enabled", "lines": ["Jan 02 08:00:00 n1 setup[7]: bye",
    "Jan 02 08:00:01 n1 systemd[1]: Finished setup.service - Set up.",
    "Jan 02 08:00:01 n1 systemd[1]: setup.service: Consumed 1.2s CPU time."])"),
              IsEmpty());
  EXPECT_THAT(inactive("kube-proxy", R"(, "unit_file": "masked")"), IsEmpty()) << "it runs as a pod";
}

TEST(Nodes, AUnitThatWasStoppedIsDown) {
  EXPECT_THAT(inactive("chronyd", R"(, "unit_file": "enabled")"), ElementsAre("F1 Node/n1 node-service-unavailable"));
  EXPECT_THAT(inactive("logind", R"(, "unit_file": "static", "lines": [
    "Jan 02 11:00:00 n1 systemd[1]: Stopped logind.service - Logins.", "Jan 02 11:01:00 n1 logind[7]: late"])"),
              ElementsAre("F1 Node/n1 node-service-unavailable"));
  for (std::string_view unit_file : {"enabled", "disabled", "masked"})
    EXPECT_THAT(inactive("kubelet", fmt::format(R"(, "unit_file": "{}"{})", unit_file, kSince)),
                ElementsAre("F1 Node/n1 kubelet-unavailable"))
        << unit_file;
}

constexpr std::string_view kOnN1 = R"(, "nodeName": "n1")";
constexpr std::string_view kOnN2 = R"(, "nodeName": "n2")";

TEST(Nodes, AKubeletThatIsDownIsTheRootOfANodeThatIsNotReadyAndOfWhatIsNotReadyThere) {
  sample::Cluster cluster;
  unit(cluster, "n1", "kubelet", "inactive");
  silent_node(cluster, "n1");
  cluster.deployment("web", {.status = sample::kNotReady, .more_pod = std::string(kOnN1)});
  cluster.deployment("cart", {.more_pod = std::string(kOnN1)});
  cluster.deployment("other", {.status = sample::kNotReady, .more_pod = std::string(kOnN2)});
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Node/n1 kubelet-unavailable", "F2 Node/n1 node-not-ready <- F1",
                                          "F3 Deployment/other not-ready", "F4 Deployment/web not-ready <- F1 <- F2"));
}

// What a program exits with, what a registry has and what a kernel kills was so before the kubelet went.
TEST(Nodes, AUnitExplainsOnlyWhatItCanBringAbout) {
  std::string no_image = sample::waiting("ImagePullBackOff", "manifest unknown: not found");
  std::string no_key = sample::waiting("CreateContainerConfigError", "couldn't find key URL in ConfigMap shop/web");
  std::string no_sandbox = sample::waiting("ContainerCreating", "");
  struct Row {
    std::string_view unit, status, fault;
    bool is_explained = false;
  };
  const Row rows[] = {
      {"kube-proxy", no_image, "image-not-found"},
      {"kube-proxy", no_key, "config-key-missing"},
      {"kube-proxy", sample::kOutOfMemory, "out-of-memory"},
      {"kube-proxy", sample::kCrashing, "crash"},
      {"kube-proxy", sample::kNotReady, "not-ready"},
      {"kubelet", sample::kCrashing, "crash"},
      {"kubelet", sample::kOutOfMemory, "out-of-memory"},
      {"kubelet", no_image, "image-not-found"},
      {"kubelet", sample::kNotReady, "not-ready", true},
      {"containerd", no_key, "config-key-missing"},
      {"containerd", sample::kCrashing, "crash"},
      {"containerd", no_sandbox, "sandbox-not-created", true},
      {"kubelet", no_sandbox, "sandbox-not-created"},
      {"chronyd", sample::kNotReady, "not-ready"},
  };
  for (const Row& row : rows) {
    sample::Cluster cluster;
    unit(cluster, "n1", row.unit, "failed");
    cluster.deployment("web", {.status = row.status, .more_pod = std::string(kOnN1)});
    if (row.status == no_sandbox)
      cluster.event("e1", "web-5d9c-0", "FailedCreatePodSandBox", "Failed to create pod sandbox: rpc error");
    EXPECT_THAT(codes(cluster), testing::Contains(testing::AllOf(
                                    HasSubstr(fmt::format("Deployment/web {}", row.fault)),
                                    row.is_explained ? testing::EndsWith(" <- F1") : testing::EndsWith(row.fault))))
        << row.unit << " " << row.fault;
  }
}

TEST(Nodes, AKubeProxyThatIsDownExplainsConnectionsThatDoNotComeAbout) {
  auto crash_with = [](std::string line) {
    sample::Cluster cluster;
    unit(cluster, "n1", "kube-proxy", "failed");
    cluster.deployment("cart", {.more_pod = std::string(kOnN2)}).service("cart", 80);
    cluster.deployment("web", {.status = sample::kCrashing,
                               .env = sample::endpoint("CART", "http", "cart", 80),
                               .more_pod = std::string(kOnN1)});
    std::vector<LogExcerpt> logs;
    if (!line.empty()) logs.push_back(sample::log("web-5d9c-0", {"session timeout set to 30s", std::move(line)}));
    return codes(cluster, std::move(logs)).back();
  };
  EXPECT_THAT(crash_with("panic: dial tcp 10.96.0.7:80: connect: no route to host"), testing::EndsWith("crash <- F1"));
  EXPECT_THAT(crash_with("panic: getaddrinfo EAI_AGAIN cart"), testing::EndsWith(" <- F1"));
  EXPECT_THAT(crash_with("panic: invalid license"), testing::EndsWith("Deployment/web crash"));
  EXPECT_THAT(crash_with(""), testing::EndsWith("crash <- F1")) << "no log, and it calls a Service";
}

// One of two replicas stands on the node, and it is the other that is ill.
TEST(Nodes, AWorkloadWhoseIllPodStandsElsewhereIsNotExplained) {
  sample::Cluster cluster;
  unit(cluster, "n1", "kubelet", "failed");
  cluster.deployment("web", {.status = sample::kNotReady, .more_pod = std::string(kOnN2)});
  cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "web-5d9c-7", "namespace": "shop", "labels":
    {{"app": "web"}}, "ownerReferences": [{{"kind": "ReplicaSet", "name": "web-5d9c", "controller": true}}]}},
    "spec": {{"nodeName": "n1", "containers": [{{"name": "app"}}]}}, "status": {}}})",
                          sample::kReady));
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Node/n1 kubelet-unavailable", "F2 Deployment/web not-ready"));
}

TEST(Nodes, PressureExplainsWhatHasRunOut) {
  auto with = [](std::string_view pressure, std::string_view status, std::string_view reason, std::string_view message,
                 std::string resources = "{}") {
    sample::Cluster cluster;
    node(cluster, "n1", pressure, "True", "Reason", "under pressure");
    cluster.deployment("web", {.status = status, .resources = std::move(resources), .more_pod = std::string(kOnN1)});
    if (!reason.empty()) cluster.event("e1", "web-5d9c-0", reason, message);
    auto found = codes(cluster);
    return std::ranges::any_of(found, [](const std::string& line) { return line.ends_with("<- F1"); });
  };
  std::string pulling = sample::waiting("ErrImagePull", "rpc error");
  constexpr std::string_view kFull = "failed to extract layer: write /var/lib/a: no space left on device";
  EXPECT_TRUE(with("DiskPressure", pulling, "Failed", kFull));
  EXPECT_FALSE(with("DiskPressure", pulling, "Failed", "manifest unknown"));
  EXPECT_FALSE(with("MemoryPressure", pulling, "Failed", kFull));
  EXPECT_TRUE(with("MemoryPressure", sample::kOutOfMemory, "", ""));
  EXPECT_FALSE(with("MemoryPressure", sample::kOutOfMemory, "", "", R"({"limits": {"memory": "64Mi"}})"))
      << "its own limit killed it";
  EXPECT_FALSE(with("DiskPressure", sample::kOutOfMemory, "", ""));
}

// Of several things that are wrong with a node, its Ready condition speaks of one.
TEST(Nodes, ANodeThatIsNotReadyComesOfWhatItsConditionSpeaksOf) {
  sample::Cluster two_units;
  unit(two_units, "n1", "kube-proxy", "failed");
  unit(two_units, "n1", "kubelet", "failed");
  silent_node(two_units, "n1");
  EXPECT_THAT(codes(two_units), testing::UnorderedElementsAre(HasSubstr("Node/n1 kubelet-unavailable"),
                                                              HasSubstr("Node/n1 kube-proxy-unavailable"),
                                                              testing::ContainsRegex("node-not-ready <- F[0-9]+$")));
  auto found = findings_of(two_units);
  auto not_ready = std::ranges::find(found, "node-not-ready", &Finding::fault);
  auto kubelet = std::ranges::find(found, "kubelet-unavailable", &Finding::fault);
  ASSERT_TRUE(not_ready != found.end() && kubelet != found.end());
  EXPECT_THAT(not_ready->causes, ElementsAre(kubelet->id));

  sample::Cluster proxy_only;
  unit(proxy_only, "n1", "kube-proxy", "failed");
  silent_node(proxy_only, "n1");
  EXPECT_THAT(codes(proxy_only), testing::UnorderedElementsAre(testing::EndsWith("Node/n1 kubelet-unavailable"),
                                                               testing::EndsWith("Node/n1 kube-proxy-unavailable")));

  sample::Cluster disk_and_runtime;
  disk_and_runtime.add(R"({"kind": "Node", "metadata": {"name": "n1", "creationTimestamp": "2025-12-01T00:00:00Z"},
    "status": {"conditions": [{"type": "DiskPressure", "status": "True", "message": "kubelet has disk pressure"},
      {"type": "Ready", "status": "False", "reason": "KubeletNotReady", "message": "container runtime is down"}]}})");
  EXPECT_THAT(codes(disk_and_runtime),
              testing::UnorderedElementsAre(testing::EndsWith("Node/n1 container-runtime-unavailable"),
                                            testing::EndsWith("Node/n1 node-under-pressure")));

  sample::Cluster wordless;
  unit(wordless, "n1", "kube-proxy", "failed");
  unit(wordless, "n1", "containerd", "failed");
  node(wordless, "n1", "Ready", "False", "", "");
  auto without_words = findings_of(wordless);
  auto runtime = std::ranges::find(without_words, "container-runtime-unavailable", &Finding::fault);
  auto ill = std::ranges::find(without_words, "node-not-ready", &Finding::fault);
  ASSERT_TRUE(runtime != without_words.end() && ill != without_words.end());
  EXPECT_THAT(ill->causes, ElementsAre(runtime->id));
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
