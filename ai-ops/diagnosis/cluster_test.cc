#include "ai-ops/diagnosis/cluster.h"

#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_cluster.h"

namespace ai_ops::diagnosis {
namespace {

sample::Cluster& pod(sample::Cluster& cluster, std::string_view name, std::string_view home,
                     std::string_view more = "") {
  return cluster.add(
      fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "{}", "namespace": "{}"}}{}}})", name, home, more));
}

TEST(Cluster, SeesAKindWhereSomeAreOrWhereItWasReadOfSeveralNamespaces) {
  sample::Cluster objects;
  objects.service("db", 5432, "", "data").service("web", 80);
  pod(objects, "web-1", "shop");
  EXPECT_TRUE(Cluster(objects.snapshot()).sees("Pod", "shop"));
  EXPECT_FALSE(Cluster(objects.snapshot()).sees("Pod", "data")) << "the pods of one namespace";
  pod(objects, "job-1", "jobs");
  Cluster cluster(objects.snapshot());
  EXPECT_TRUE(cluster.sees("Pod", "data")) << "none is there, and the pods of several namespaces are";
  EXPECT_FALSE(cluster.sees("Pod", "kube-system")) << "nothing of it is in view";
  EXPECT_FALSE(cluster.sees("ConfigMap", "shop"));
}

TEST(Cluster, SeesAKindEverywhereOnceAllOfItWasRead) {
  Snapshot snapshot;
  snapshot.has_all_of("Secret");
  Cluster cluster(snapshot);
  EXPECT_TRUE(cluster.sees("Secret"));
  EXPECT_TRUE(cluster.sees("Secret", "shop"));
  EXPECT_FALSE(cluster.sees("Pod", "shop"));
}

TEST(Cluster, AnEventDoesNotBringItsNamespaceIntoView) {
  sample::Cluster objects;
  pod(pod(objects, "a", "shop"), "b", "jobs");
  objects.add(R"({"kind": "Event", "metadata": {"name": "e", "namespace": "default"}})");
  EXPECT_FALSE(Cluster(objects.snapshot()).sees("Pod", "default"));
}

TEST(Cluster, EndpointsAreCountedByPodsElseBySlicesElseNotAtAll) {
  sample::Cluster objects;
  objects.service("db", 5432, "", "data");
  auto ready = [&] {
    Cluster cluster(objects.snapshot());
    return cluster.ready_endpoints(*objects.snapshot().find("Service", "data", "db"));
  };
  EXPECT_EQ(ready(), std::nullopt);
  objects.add(R"({"kind": "EndpointSlice", "metadata": {"name": "db-x", "namespace": "data", "labels":
    {"kubernetes.io/service-name": "db"}}, "endpoints": [{"conditions": {"ready": true}}, {}]})");
  EXPECT_EQ(ready(), 2u);
  objects.deployment("db", {.replicas = 3, .project = "data"});
  EXPECT_EQ(ready(), 3u);
}

// Each caller asks who is behind what it calls: a walk over all workloads each time would take minutes here.
TEST(Cluster, FindsWhatIsBehindAServiceAmongThousandsWithoutPods) {
  sample::Cluster objects;
  constexpr int kMany = 2'000;
  for (int i = 0; i < kMany; ++i) {
    std::string name = "app-" + std::to_string(i);
    objects.deployment(name, {.replicas = 0}).service(name, 80);
  }
  Cluster cluster(objects.snapshot());
  int found = 0;
  for (const auto& service : objects.snapshot().of_kind("Service")) {
    auto behind = cluster.behind(service);
    found += behind.size() == 1 && behind.front()->ref.name == service.name();
  }
  EXPECT_EQ(found, kMany);
}

}  // namespace
}  // namespace ai_ops::diagnosis
