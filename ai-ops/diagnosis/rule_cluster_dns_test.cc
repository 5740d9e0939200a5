#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::codes;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

sample::Cluster dns(std::string_view status, bool is_ready) {
  sample::Cluster cluster;
  cluster.deployment("kube-dns", {.status = status, .project = "kube-system"});
  cluster.service("kube-dns", 53, "", "kube-system");
  cluster.add(fmt::format(R"({{"kind": "EndpointSlice", "metadata": {{"name": "kube-dns-x", "namespace": "kube-system",
    "labels": {{"kubernetes.io/service-name": "kube-dns"}}}}, "endpoints": [{{"conditions": {{"ready": {}}}}}]}})",
                          is_ready));
  return cluster;
}

TEST(ClusterDns, WithoutAReadyPodIsWhyNamesDoNotResolve) {
  sample::Cluster cluster = dns(sample::kCrashing, false);
  cluster.deployment("web", {.status = sample::kCrashing});
  auto found = codes(cluster, {sample::log("web-5d9c-0", {"getaddrinfo EAI_AGAIN db"})});
  EXPECT_THAT(found, Contains(HasSubstr("Deployment/kube-dns crash")));
  EXPECT_THAT(found, Contains(HasSubstr("Service/kube-dns cluster-dns-unavailable <- ")));
  EXPECT_THAT(found, Contains(HasSubstr("Deployment/web dns-failure <- ")));
}

TEST(ClusterDns, WithAReadyPodIsWell) { EXPECT_THAT(codes(dns(sample::kReady, true)), IsEmpty()); }

// A bundle may hold the Services of all namespaces and the pods of one.
TEST(ClusterDns, WhosePodsAreNotInViewIsNotJudged) {
  sample::Cluster cluster;
  cluster.service("kube-dns", 53, "", "kube-system").deployment("web");
  EXPECT_THAT(codes(cluster), IsEmpty());
}

TEST(ClusterDns, AServiceOfThatNameElsewhereIsNotIt) {
  sample::Cluster cluster;
  cluster.deployment("kube-dns", {.status = sample::kCrashing}).service("kube-dns", 53);
  EXPECT_THAT(codes(cluster), Not(Contains(HasSubstr("cluster-dns-unavailable"))));
}

}  // namespace
}  // namespace ai_ops::diagnosis
