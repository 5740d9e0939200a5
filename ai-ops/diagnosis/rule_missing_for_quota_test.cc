#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::cites;
using sample::codes;
using sample::endpoint;
using sample::findings_of;
using sample::log;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

sample::Cluster& quota(sample::Cluster& cluster, std::string_view resource, std::string_view used,
                       std::string_view hard, std::string_view project = "shop") {
  return cluster.add(fmt::format(R"({{"kind": "ResourceQuota", "metadata": {{"name": "objects", "namespace": "{3}",
    "uid": "q-1"}}, "status": {{"used": {{"{0}": "{1}"}}, "hard": {{"{0}": "{2}"}}}}}})",
                                 resource, used, hard, project));
}

// A workload that calls a Service that is not there, beside one that is.
sample::Cluster caller(std::string_view status = sample::kCrashing) {
  sample::Cluster cluster;
  cluster.deployment("web").service("web", 80);
  return std::move(cluster.deployment("cart", {.status = status, .env = endpoint("STORE", "http", "store", 8080)}));
}

TEST(MissingForQuota, AServiceIsMissingWhereItsQuotaIsFull) {
  for (std::string_view resource : {"services", "count/services"}) {
    sample::Cluster cluster = caller();
    quota(cluster, resource, "1", "1");
    EXPECT_THAT(codes(cluster),
                ElementsAre("F1 ResourceQuota/objects service-quota-exceeded",
                            "F2 Deployment/cart endpoint-host-mismatch <- F1", "F3 Deployment/cart crash <- F2"))
        << resource;
    auto found = findings_of(cluster);
    ASSERT_FALSE(found.empty());
    EXPECT_TRUE(cites(found[0], fmt::format("ResourceQuota/objects status.hard.{}", resource), "1")) << resource;
  }
}

TEST(MissingForQuota, AQuotaWithRoomLeftIsNotWhyAServiceIsMissing) {
  sample::Cluster cluster = caller();
  quota(cluster, "services", "1", "2");
  EXPECT_THAT(codes(cluster), Not(Contains(HasSubstr("ResourceQuota"))));
  sample::Cluster elsewhere = caller();
  quota(elsewhere, "services", "1", "1", "other");
  EXPECT_THAT(codes(elsewhere), Not(Contains(HasSubstr("ResourceQuota"))));
  sample::Cluster another = caller();
  quota(another, "pods", "1", "1");
  EXPECT_THAT(codes(another), Not(Contains(HasSubstr("ResourceQuota"))));
}

TEST(MissingForQuota, AFullQuotaAloneIsNoFault) {
  sample::Cluster cluster;
  cluster.deployment("web").service("web", 80);
  quota(cluster, "services", "1", "1");
  EXPECT_THAT(codes(cluster), IsEmpty());
}

TEST(MissingForQuota, AServiceThatIsThereByNowIsNotMissing) {
  sample::Cluster cluster = caller(sample::kReady);
  cluster.deployment("store").service("store", 8080);
  quota(cluster, "services", "2", "2");
  EXPECT_THAT(codes(cluster, {log("cart-5d9c-0", {"dial tcp: lookup store: no such host"}, false)}), IsEmpty());
}

TEST(MissingForQuota, AWorkloadThatLooksWellSuffersByItsLog) {
  sample::Cluster cluster = caller(sample::kReady);
  quota(cluster, "services", "1", "1");
  EXPECT_THAT(codes(cluster), IsEmpty());
  EXPECT_THAT(
      codes(cluster, {log("cart-5d9c-0", {"dial tcp: lookup store: no such host"}, false)}),
      ElementsAre("F1 ResourceQuota/objects service-quota-exceeded", "F2 Deployment/cart dependency-down <- F1"));
}

sample::Cluster without_its_claim() {
  sample::Cluster cluster;
  cluster.deployment("db", {.status = R"({"phase": "Pending", "conditions": [{"type": "PodScheduled",
    "status": "False", "reason": "Unschedulable",
    "message": "0/1 nodes are available: persistentvolumeclaim \"data\" not found."}]})",
                            .more_pod = R"(, "volumes": [{"name": "data",
    "persistentVolumeClaim": {"claimName": "data"}}])"});
  return std::move(cluster.add(R"({"kind": "PersistentVolumeClaim", "metadata": {"name": "other", "namespace": "shop"},
    "status": {"phase": "Bound"}})"));
}

TEST(MissingForQuota, AClaimIsMissingWhereTheStorageQuotaIsFull) {
  for (std::string_view resource : {"persistentvolumeclaims", "requests.storage"}) {
    sample::Cluster cluster = without_its_claim();
    quota(cluster, resource, "10", "10");
    EXPECT_THAT(codes(cluster),
                ElementsAre("F1 ResourceQuota/objects storage-quota-exceeded", "F2 Deployment/db claim-missing <- F1"))
        << resource;
  }
  EXPECT_THAT(codes(without_its_claim()), ElementsAre("F1 Deployment/db claim-missing"));
}

TEST(MissingForQuota, AQuotaOfOtherThingsIsNotWhyAClaimIsMissing) {
  sample::Cluster cluster = without_its_claim();
  quota(cluster, "pods", "10", "10");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/db claim-missing"));
}

// The room that is left for one more claim is counted, whatever it would ask for.
TEST(MissingForQuota, AQuotaThatCountsClaimsAndHasRoomForOneIsNotWhyItIsMissing) {
  sample::Cluster cluster = without_its_claim();
  quota(cluster, "persistentvolumeclaims", "1", "10");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/db claim-missing"));
}

// What the claim would ask for is not known.
TEST(MissingForQuota, AQuotaOfStorageWithRoomLeftIsASuspectThatRanksBelowWhatIsShown) {
  sample::Cluster cluster = without_its_claim();
  quota(cluster, "requests.storage", "10Gi", "100Gi");
  EXPECT_THAT(codes(cluster),
              ElementsAre("F1 Deployment/db claim-missing", "F2 ResourceQuota/objects storage-quota-exceeded"));
  EXPECT_EQ(findings_of(cluster)[1].severity, Severity::info);
}

TEST(MissingForQuota, AQuotaWithLessThanTheClaimWasToAskForIsWhyItIsMissing) {
  auto applied = [](std::string_view amount) {
    sample::Cluster cluster = without_its_claim();
    quota(cluster, "requests.storage", "1Gi", "3Gi");
    cluster.add(
        fmt::format(R"({{"kind": "Manifest", "metadata": {{"name": "PersistentVolumeClaim.data", "namespace": "shop"}},
      "spec": {{"spec": {{"resources": {{"requests": {{"storage": "{}"}}}}}}}}}})",
                    amount));
    return cluster;
  };
  EXPECT_THAT(codes(applied("4Gi")),
              ElementsAre("F1 ResourceQuota/objects storage-quota-exceeded", "F2 Deployment/db claim-missing <- F1"));
  EXPECT_TRUE(cites(findings_of(applied("4Gi"))[0],
                    "Manifest/PersistentVolumeClaim.data spec.spec.resources.requests.storage", "4Gi"));
  EXPECT_THAT(codes(applied("2Gi")), ElementsAre("F1 Deployment/db claim-missing"));
}

TEST(MissingForQuota, AQuotaOfLoadBalancersOrOfNodePortsLeavesRoomForAnyOtherService) {
  for (std::string_view resource : {"services.loadbalancers", "services.nodeports"}) {
    sample::Cluster cluster = caller();
    quota(cluster, resource, "0", "0");
    EXPECT_THAT(codes(cluster), Not(Contains(HasSubstr("quota")))) << resource;
  }
}

TEST(MissingForQuota, AQuotaOfEphemeralStorageIsNotWhyAClaimIsMissing) {
  sample::Cluster cluster = without_its_claim();
  quota(cluster, "requests.ephemeral-storage", "1Gi", "1Gi");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/db claim-missing"));
}

// An address outside, of a container that dies for another reason.
TEST(MissingForQuota, WhatNoCallExplainsIsNotForWantOfAService) {
  sample::Cluster cluster;
  cluster.deployment("web").service("web", 80);
  cluster.deployment("cart", {.status = sample::kOutOfMemory, .env = endpoint("MAIL", "smtp", "mailhost", 25)});
  quota(cluster, "services", "1", "1");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 Deployment/cart out-of-memory"));
}

// Kubernetes gives every quota a uid; the finding of a quota is one all the same.
TEST(MissingForQuota, AQuotaThatRefusesPodsTooIsOneCause) {
  sample::Cluster cluster = without_its_claim();
  quota(cluster, "requests.storage", "5Gi", "5Gi");
  cluster.add(R"({"kind": "StatefulSet", "metadata": {"name": "q", "namespace": "shop"}, "spec": {"replicas": 1},
    "status": {"replicas": 0}})");
  cluster.event_about("StatefulSet", "q", "e1", "FailedCreate",
                      "exceeded quota: objects, requested: requests.storage=1Gi, used: requests.storage=5Gi, limited: "
                      "requests.storage=5Gi");
  auto found = codes(cluster);
  EXPECT_EQ(std::ranges::count_if(found, [](const auto& line) { return line.contains("ResourceQuota/"); }), 1);
  EXPECT_THAT(found, Contains(HasSubstr("Deployment/db claim-missing <- F1")));
}

}  // namespace
}  // namespace ai_ops::diagnosis
