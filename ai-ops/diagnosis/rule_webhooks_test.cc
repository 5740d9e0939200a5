#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::told;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

sample::Cluster guard(std::string_view status = sample::kReady, int replicas = 1) {
  sample::Cluster cluster;
  cluster.deployment("guard", {.replicas = replicas, .status = status}).service("guard", 443);
  return cluster;
}

sample::Cluster& webhook(sample::Cluster& cluster, std::string_view policy = R"("failurePolicy": "Fail", )",
                         std::string_view service = "guard", int port = 443) {
  return cluster.add(fmt::format(R"({{"kind": "ValidatingWebhookConfiguration", "metadata": {{"name": "policy"}},
    "webhooks": [{{"name": "check.example.com", {}"clientConfig":
      {{"service": {{"namespace": "shop", "name": "{}", "port": {}}}}}}}]}})",
                                 policy, service, port));
}

TEST(Webhooks, ThatAreAnsweredAreFine) {
  sample::Cluster cluster = guard();
  webhook(cluster);
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Webhooks, TellsOneWhoseServiceDoesNotExist) {
  sample::Cluster cluster = guard(), ignoring = guard(), by_default = guard(), port = guard();
  webhook(cluster, R"("failurePolicy": "Fail", )", "gone");
  webhook(ignoring, R"("failurePolicy": "Ignore", )", "gone");
  webhook(by_default, "", "gone");
  webhook(port, "", "guard", 8443);
  EXPECT_THAT(told(cluster),
              ElementsAre("critical ValidatingWebhookConfiguration/policy webhook-unavailable: is not answered: "
                          "check.example.com asks Service gone, which does not exist, and what it is asked about is "
                          "refused"));
  EXPECT_THAT(told(ignoring), ElementsAre(HasSubstr("warning ValidatingWebhookConfiguration/policy")));
  EXPECT_THAT(told(by_default), ElementsAre(HasSubstr("critical ")));
  EXPECT_THAT(told(port), ElementsAre(HasSubstr("port 8443 of Service guard, which has 443")));
}

TEST(Webhooks, LinksToWhatIsWrongWithItsPods) {
  sample::Cluster cluster = guard(sample::kCrashing);
  webhook(cluster);
  EXPECT_THAT(told(cluster),
              ElementsAre(HasSubstr("critical Deployment/guard crash"),
                          HasSubstr("guard, which has no ready pod, and what it is asked about is refused "
                                    "<- F1")));
}

TEST(Webhooks, ExplainsWhatItRefuses) {
  sample::Cluster cluster = guard(sample::kCrashing);
  webhook(cluster);
  cluster.deployment("web", {.replicas = 0});
  cluster.add(R"({"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"replicas": 1},
    "status": {"observedGeneration": 1, "conditions": [{"type": "ReplicaFailure", "status": "True",
      "reason": "FailedCreate", "message": "Internal error occurred: failed calling webhook \"check.example.com\": no endpoints available"}]}})");
  auto lines = told(cluster);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_THAT(lines[0], HasSubstr("Deployment/guard crash"));
  EXPECT_THAT(lines[1], HasSubstr("ValidatingWebhookConfiguration/policy"));
  EXPECT_THAT(lines[2], HasSubstr("Deployment/web"));
  EXPECT_THAT(lines[2], HasSubstr("<- F2"));
}

TEST(Webhooks, SaysNothingOfPodsWhoseLabelsAreNotShown) {
  sample::Cluster cluster;
  cluster.service("guard", 443);
  webhook(cluster);
  cluster.add(R"({"kind": "Pod", "metadata": {"name": "other", "namespace": "far", "labels": {"a": "b"}}})");
  EXPECT_THAT(told(cluster), Not(Contains(HasSubstr("webhook-unavailable")))) << "pods of one other namespace only";
  cluster.add(R"({"kind": "Pod", "metadata": {"name": "other", "namespace": "near", "labels": {"a": "b"}}})");
  EXPECT_THAT(told(cluster), Contains(HasSubstr("webhook-unavailable"))) << "pods of all, and none of shop";
  cluster.add(R"({"kind": "Pod", "metadata": {"name": "guard-1", "namespace": "shop"}})");
  EXPECT_THAT(told(cluster), Not(Contains(HasSubstr("webhook-unavailable"))));
}

TEST(Webhooks, SaysNothingOfNamespacesThatAreNotSeenOrOfAddressesOutside) {
  sample::Cluster cluster = guard();
  cluster.add(R"({"kind": "MutatingWebhookConfiguration", "metadata": {"name": "far"}, "webhooks": [
    {"name": "a", "clientConfig": {"service": {"namespace": "elsewhere", "name": "x"}}},
    {"name": "b", "clientConfig": {"url": "https://example.com"}}, 7]})");
  EXPECT_THAT(told(cluster), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
