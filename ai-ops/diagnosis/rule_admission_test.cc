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

// A Deployment that wants two pods, and its ReplicaSet that has as many as are said.
sample::Cluster& deployment(sample::Cluster& cluster, std::string_view name, int present) {
  cluster.add(fmt::format(R"({{"kind": "Deployment", "metadata": {{"name": "{0}", "namespace": "shop"}},
    "spec": {{"replicas": 2, "template": {{"metadata": {{"labels": {{"app": "{0}"}}}},
      "spec": {{"serviceAccountName": "builder", "containers": [{{"name": "app"}}]}}}}}},
    "status": {{"observedGeneration": 1, "replicas": {1}, "readyReplicas": {1}}}}})",
                          name, present));
  return cluster.add(fmt::format(R"({{"kind": "ReplicaSet", "metadata": {{"name": "{0}-5d9c", "namespace": "shop",
    "ownerReferences": [{{"kind": "Deployment", "name": "{0}", "controller": true}}]}},
    "spec": {{"replicas": 2}}, "status": {{"replicas": {1}}}}})",
                                 name, present));
}

// The message stands in JSON: its quotes are escaped.
sample::Cluster refused(std::string_view message, int present = 0) {
  sample::Cluster cluster;
  deployment(cluster, "web", present);
  cluster.event_about("ReplicaSet", "web-5d9c", "e1", "FailedCreate", message);
  return cluster;
}

constexpr std::string_view kCpuQuota =
    R"(Error creating: pods \"web-5d9c-x\" is forbidden: exceeded quota: compute, requested: requests.cpu=1, )"
    "used: requests.cpu=4, limited: requests.cpu=4";
constexpr std::string_view kNoAccount =
    R"(Error creating: pods \"web-5d9c-\" is forbidden: error looking up service account shop/builder: )"
    R"(serviceaccount \"builder\" not found)";

sample::Cluster& quota(sample::Cluster& cluster, std::string_view resource, std::string_view used,
                       std::string_view hard) {
  return cluster.add(fmt::format(R"({{"kind": "ResourceQuota", "metadata": {{"name": "compute", "namespace": "shop",
    "uid": "q-1"}}, "status": {{"used": {{"{0}": "{1}"}}, "hard": {{"{0}": "{2}"}}}}}})",
                                 resource, used, hard));
}

struct Refusal {
  std::string_view message;
  std::string_view fault;
};

TEST(Admission, TellsWhyPodsAreRefusedByTheWordsOfTheApiServer) {
  constexpr Refusal kCases[] = {
      {R"(pods \"w\" is forbidden: failed quota: compute: must specify cpu for: app; memory for: app)",
       "quota-needs-requests"},
      {kNoAccount, "missing-service-account"},
      {R"(pods \"w\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false)",
       "pod-security-violated"},
      {R"(Internal error occurred: failed calling webhook \"inject.example.com\": failed to call webhook: Post )"
       R"(\"https://inject.mesh.svc:443/inject?timeout=10s\": no endpoints available for service \"inject\")",
       "webhook-unavailable"},
      {R"(admission webhook \"policy.example.com\" denied the request: images must have a digest)", "webhook-denied"},
      {R"(pods \"w\" is forbidden: maximum cpu usage per Container is 500m, but limit is 1)", "limit-range-violated"},
      {R"(pods \"w\" is forbidden: minimum memory usage per Pod is 64Mi, but request is 32Mi)", "limit-range-violated"},
      {R"(pods \"w\" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000)",
       "limit-range-violated"},
      {R"(Pod \"w\" is invalid: spec.containers[0].image: Required value)", "pods-cannot-be-created"},
  };
  for (const Refusal& row : kCases) {
    sample::Cluster cluster = refused(row.message);
    EXPECT_THAT(
        told(cluster),
        ElementsAre(HasSubstr(fmt::format("critical Deployment/web {}: its pods cannot be created", row.fault))))
        << row.message;
    auto found = findings_of(cluster);
    ASSERT_FALSE(found.empty());
    EXPECT_TRUE(cites(found.front(), "Event e1")) << row.message;
    EXPECT_TRUE(cites(found.front(), "ReplicaSet/web-5d9c spec.replicas", "2")) << row.message;
  }
}

TEST(Admission, AWebhookThatDeniesIsBlamedWhateverItSays) {
  for (std::string_view words : {"the service account builder was not found", "team exceeded quota of the policy",
                                 "violates PodSecurity of the house", "memory usage per Container is too high"})
    EXPECT_THAT(
        codes(refused(fmt::format(R"(admission webhook \"policy.example.com\" denied the request: {})", words))),
        ElementsAre("F1 Deployment/web webhook-denied"))
        << words;
}

TEST(Admission, NamesTheResourceOfTheQuotaThatIsFull) {
  constexpr Refusal kCases[] = {{"requests.cpu", "cpu-quota-exceeded"},
                                {"limits.cpu", "cpu-quota-exceeded"},
                                {"memory", "memory-quota-exceeded"},
                                {"limits.memory", "memory-quota-exceeded"},
                                {"pods", "pod-quota-exceeded"},
                                {"count/pods", "pod-quota-exceeded"},
                                {"requests.ephemeral-storage", "storage-quota-exceeded"},
                                {"requests.nvidia.com/gpu", "object-quota-exceeded"}};
  for (const auto& [resource, fault] : kCases) {
    sample::Cluster cluster =
        refused(fmt::format("exceeded quota: compute, requested: {0}=1, used: {0}=4, limited: {0}=4", resource));
    quota(cluster, resource, "4", "4");
    EXPECT_THAT(codes(cluster), ElementsAre(fmt::format("F1 ResourceQuota/compute {}", fault),
                                            "F2 Deployment/web pods-cannot-be-created <- F1"))
        << resource;
  }
}

TEST(Admission, QuotesTheQuotaAndWhatItHas) {
  sample::Cluster cluster = refused(kCpuQuota);
  quota(cluster, "requests.cpu", "4", "4");
  auto found = findings_of(cluster);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].title,
            "the quota compute of requests.cpu is used up: asked for requests.cpu=1, used requests.cpu=4, limited to "
            "requests.cpu=4");
  EXPECT_TRUE(cites(found[0], R"(ResourceQuota/compute status.used["requests.cpu"])", "4"));
  EXPECT_TRUE(cites(found[0], R"(ResourceQuota/compute status.hard["requests.cpu"])", "4"));
}

TEST(Admission, TwoResourcesOfOneQuotaAreReadToo) {
  EXPECT_THAT(
      codes(refused("exceeded quota: compute, requested: limits.memory=2Gi,requests.memory=1Gi, used: "
                    "limits.memory=8Gi,requests.memory=4Gi, limited: limits.memory=8Gi,requests.memory=4Gi")),
      ElementsAre("F1 ResourceQuota/compute memory-quota-exceeded", "F2 Deployment/web pods-cannot-be-created <- F1"));
}

TEST(Admission, AQuotaThatTwoWorkloadsRunIntoIsOneCauseOfBoth) {
  sample::Cluster cluster = refused(kCpuQuota);
  quota(cluster, "requests.cpu", "4", "4");
  deployment(cluster, "cart", 1);
  cluster.event_about("ReplicaSet", "cart-5d9c", "e2", "FailedCreate", kCpuQuota);
  EXPECT_THAT(codes(cluster), ElementsAre("F1 ResourceQuota/compute cpu-quota-exceeded",
                                          "F2 Deployment/web pods-cannot-be-created <- F1",
                                          "F3 Deployment/cart pods-cannot-be-created <- F1"));
}

TEST(Admission, AControllerThatHasItsPodsByNowIsWell) { EXPECT_THAT(codes(refused(kCpuQuota, 2)), IsEmpty()); }

TEST(Admission, AControllerThatMadeAPodSinceIsNotRefused) {
  sample::Cluster cluster = refused(kCpuQuota);
  cluster.event_about("ReplicaSet", "web-5d9c", "e2", "SuccessfulCreate", "Created pod: web-5d9c-x",
                      "2026-01-02T11:59:40Z");
  EXPECT_THAT(codes(cluster), IsEmpty());
}

// A pass makes pods in batches and stops at the first that is refused; both events tell the same second.
TEST(Admission, AControllerThatMadeSomeOfItsPodsInThatPassIsRefusedTheRest) {
  sample::Cluster cluster = refused(kCpuQuota, 1);
  cluster.event_about("ReplicaSet", "web-5d9c", "e2", "SuccessfulCreate", "Created pod: web-5d9c-x",
                      "2026-01-02T11:58:00Z");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 ResourceQuota/compute cpu-quota-exceeded",
                                          "F2 Deployment/web pods-cannot-be-created <- F1"));
}

TEST(Admission, AControllerWithoutAnEventIsNotJudged) {
  sample::Cluster cluster;
  deployment(cluster, "web", 0).event_about("ReplicaSet", "web-5d9c", "e1", "SuccessfulCreate", "Created pod: web-x");
  EXPECT_THAT(codes(cluster), IsEmpty());
}

TEST(Admission, AServiceAccountThatIsThereByNowIsNotMissing) {
  sample::Cluster cluster = refused(kNoAccount);
  cluster.add(R"({"kind": "ServiceAccount", "metadata": {"name": "other", "namespace": "shop"}})");
  auto found = findings_of(cluster);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].title, "its pods cannot be created: the service account builder does not exist");
  EXPECT_TRUE(cites(found[0], "Deployment/web spec.template.spec.serviceAccountName", "builder"));
  cluster.add(R"({"kind": "ServiceAccount", "metadata": {"name": "builder", "namespace": "shop"}})");
  EXPECT_THAT(codes(cluster), IsEmpty());
}

sample::Cluster maker(std::string_view kind, std::string_view spec, std::string_view status) {
  sample::Cluster cluster;
  cluster.add(fmt::format(R"({{"kind": "{}", "metadata": {{"name": "x", "namespace": "shop"}}, "spec": {},
    "status": {}}})",
                          kind, spec, status));
  cluster.event_about(kind, "x", "e1", "FailedCreate", R"(pods \"x-1\" is forbidden: violates PodSecurity \"v\")");
  return cluster;
}

TEST(Admission, LooksAtEveryControllerThatMakesPods) {
  EXPECT_THAT(codes(maker("StatefulSet", R"({"replicas": 3})", R"({"replicas": 1})")),
              ElementsAre("F1 StatefulSet/x pod-security-violated"));
  EXPECT_THAT(codes(maker("DaemonSet", "{}", R"({"desiredNumberScheduled": 3, "currentNumberScheduled": 2})")),
              ElementsAre("F1 DaemonSet/x pod-security-violated"));
  EXPECT_THAT(codes(maker("Job", R"({"completions": 1})", "{}")), ElementsAre("F1 Job/x pod-security-violated"));
  EXPECT_THAT(codes(maker("DaemonSet", "{}", R"({"desiredNumberScheduled": 3, "currentNumberScheduled": 3})")),
              IsEmpty());
}

// A claim of a StatefulSet's pod is made by the StatefulSet, so its quota refuses the pod.
TEST(Admission, AStorageQuotaKeepsAStatefulSetFromMakingItsPods) {
  sample::Cluster cluster;
  cluster.add(R"({"kind": "StatefulSet", "metadata": {"name": "db", "namespace": "shop"}, "spec": {"replicas": 2},
    "status": {"replicas": 1}})");
  cluster.event_about("StatefulSet", "db", "e1", "FailedCreate",
                      R"(create Claim data-db-1 for Pod db-1 in StatefulSet db failed error: persistentvolumeclaims )"
                      R"(\"data-db-1\" is forbidden: exceeded quota: compute, requested: requests.storage=5Gi, )"
                      "used: requests.storage=5Gi, limited: requests.storage=8Gi");
  EXPECT_THAT(codes(cluster), ElementsAre("F1 ResourceQuota/compute storage-quota-exceeded",
                                          "F2 StatefulSet/db pods-cannot-be-created <- F1"));
}

TEST(Admission, AJobThatWantsNoMorePodsIsNotKeptFromThem) {
  EXPECT_THAT(codes(maker("Job", R"({"suspend": true})", "{}")), IsEmpty()) << "suspended";
  EXPECT_THAT(codes(maker("Job", R"({"completions": 5, "parallelism": 3})", R"({"active": 1, "succeeded": 4})")),
              IsEmpty())
      << "one is left to do";
  EXPECT_THAT(codes(maker("Job", R"({"parallelism": 2})", R"({"active": 1, "succeeded": 1})")), IsEmpty())
      << "a work queue whose first pod is done starts no more";
  for (std::string_view type : {"Complete", "Failed"}) {
    std::string status = fmt::format(R"({{"conditions": [{{"type": "{}", "status": "True", "reason": "R"}}]}})", type);
    for (const std::string& line : codes(maker("Job", R"({"completions": 1})", status)))
      EXPECT_THAT(line, Not(HasSubstr("pod-security-violated"))) << type;
  }
}

TEST(Admission, AJobWhoseCountsAreAbsurdIsReadWithoutOverflow) {
  EXPECT_THAT(codes(maker("Job", R"({"completions": -9223372036854775808, "parallelism": 3})", R"({"succeeded": 9})")),
              IsEmpty());
}

TEST(Admission, AWorkloadScaledToZeroIsNotKeptFromPods) {
  EXPECT_THAT(codes(maker("StatefulSet", R"({"replicas": 0})", R"({"replicas": 0})")), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
