#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string deleted(std::string_view kind, std::string_view name, std::string_view at, std::string_view more = "") {
  return fmt::format(
      R"({{"kind": "{}", "metadata": {{"name": "{}", "namespace": "shop", "deletionTimestamp": "{}"{}}}}})", kind, name,
      at, more);
}

constexpr std::string_view kLongAgo = "2026-01-02T09:00:00Z";
constexpr std::string_view kHeld = R"(, "finalizers": ["kubernetes.io/pvc-protection"])";

TEST(Terminating, TellsWhatItsFinalizersHold) {
  sample::Cluster cluster, young, free;
  cluster.add(deleted("PersistentVolumeClaim", "data", kLongAgo, kHeld));
  young.add(deleted("PersistentVolumeClaim", "data", "2026-01-02T11:55:00Z", kHeld));
  free.add(deleted("PersistentVolumeClaim", "data", kLongAgo));
  EXPECT_THAT(told(cluster),
              ElementsAre("warning PersistentVolumeClaim/data stuck-terminating: does not go away: it was deleted 3 h "
                          "ago and waits for kubernetes.io/pvc-protection"));
  EXPECT_THAT(told(young), IsEmpty());
  EXPECT_THAT(told(free), IsEmpty()) << "nothing says what it waits for";
}

TEST(Terminating, TellsAPodOnItsWorkloadOnce) {
  auto with_pods = [](std::string_view at) {
    sample::Cluster cluster;
    cluster.deployment("web");
    for (std::string_view name : {"web-5d9c-8", "web-5d9c-9"})
      cluster.add(deleted("Pod", name, at, R"(, "ownerReferences": [{"kind": "ReplicaSet", "name": "web-5d9c",
        "controller": true}])"));
    return told(cluster);
  };
  EXPECT_THAT(
      with_pods("2026-01-02T11:00:00Z"),
      ElementsAre("warning Deployment/web stuck-terminating: has a pod that does not go away: web-5d9c-8 was to "
                  "be gone 60 min ago"));
  EXPECT_THAT(with_pods("2026-01-02T11:59:00Z"), IsEmpty());
}

// A pod's end is confirmed by its kubelet, not by what leads traffic to it.
TEST(Terminating, ANodesKubeletKeepsAPodAndItsKubeProxyDoesNot) {
  for (std::string_view unit : {"kubelet", "kube-proxy"}) {
    sample::Cluster cluster;
    cluster.add(R"({"kind": "Node", "metadata": {"name": "n1"}})");
    cluster.add(fmt::format(R"({{"kind": "NodeService", "metadata": {{"name": "n1.{0}"}},
      "spec": {{"node": "n1", "unit": "{0}"}}, "status": {{"active": "failed"}}}})",
                            unit));
    cluster.add(R"({"kind": "Pod", "metadata": {"name": "web", "namespace": "shop",
      "deletionTimestamp": "2026-01-02T11:00:00Z"}, "spec": {"nodeName": "n1"}})");
    auto found = told(cluster);
    ASSERT_THAT(found, SizeIs(2)) << unit;
    bool is_linked = found[1].ends_with(" <- F1");
    EXPECT_EQ(is_linked, unit == "kubelet") << found[1];
  }
}

TEST(Terminating, LinksANamespaceToWhatItWaitsFor) {
  sample::Cluster cluster;
  cluster.add(R"({"kind": "Namespace", "metadata": {"name": "shop", "deletionTimestamp": "2026-01-02T08:00:00Z"},
    "status": {"phase": "Terminating", "conditions": [{"type": "NamespaceContentRemaining", "status": "True",
      "message": "Some resources are remaining: widgets. has 1 resource instances"}]}})");
  cluster.add(deleted("Widget", "w", kLongAgo, R"(, "finalizers": ["example.com/cleanup"])"));
  EXPECT_THAT(told(cluster),
              ElementsAre(HasSubstr("warning Widget/w stuck-terminating: does not go away: it was deleted "
                                    "3 h ago and waits for example.com/cleanup"),
                          HasSubstr("Namespace/shop stuck-terminating: does not go away: it was deleted 4 h "
                                    "ago; Some resources are remaining: widgets. has 1 resource instances "
                                    "<- F1")));
}

TEST(Terminating, IsBounded) {
  sample::Cluster cluster;
  for (int i = 0; i < 50; ++i) cluster.add(deleted("Widget", fmt::format("w{}", i), kLongAgo, kHeld));
  EXPECT_THAT(told(cluster), SizeIs(20));
}

}  // namespace
}  // namespace ai_ops::diagnosis
