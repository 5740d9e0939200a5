#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

sample::Cluster web() {
  sample::Cluster cluster;
  cluster.deployment("web").service("web", 80);
  return cluster;
}

std::string to(std::string_view path, std::string_view service, std::string_view port = R"("number": 80)") {
  return fmt::format(R"({{"path": "{}", "backend": {{"service": {{"name": "{}", "port": {{{}}}}}}}}})", path, service,
                     port);
}

sample::Cluster& ingress(sample::Cluster& cluster, std::string_view paths, std::string_view more = "",
                         std::string_view status = "{}") {
  return cluster.add(fmt::format(R"({{"kind": "Ingress", "metadata": {{"name": "shop", "namespace": "shop",
    "creationTimestamp": "2026-01-01T00:00:00Z"}}, "spec": {{"rules": [{{"host": "shop.example.com",
    "http": {{"paths": [{}]}}}}]{}}}, "status": {}}})",
                                 paths, more, status));
}

TEST(Ingresses, TellsBackendsThatAreNotThere) {
  sample::Cluster one = web(), all = web(), port = web(), fine = web();
  ingress(one, to("/", "web") + "," + to("/api", "api"));
  ingress(all, to("/", "wep"));
  ingress(port, to("/", "web", R"("number": 81)"));
  ingress(fine, to("/", "web"));
  EXPECT_THAT(
      told(one),
      ElementsAre("warning Ingress/shop ingress-backend-missing: shop.example.com/api leads nowhere: it goes to "
                  "Service api, which does not exist"));
  EXPECT_THAT(told(all), ElementsAre(HasSubstr("critical Ingress/shop ingress-backend-missing")));
  EXPECT_THAT(told(port), ElementsAre(HasSubstr("shop.example.com/ goes to port 81 of Service web, which has 80")));
  EXPECT_THAT(told(fine), IsEmpty());
}

TEST(Ingresses, OfPathsThatLeadNowhereTheOthersAreSpared) {
  sample::Cluster some = web(), rest = web();
  ingress(some, to("/", "web") + "," + to("/api", "api") + "," + to("/old", "old"));
  ingress(rest, to("/", "web"), R"(, "defaultBackend": {"service": {"name": "gone", "port": {"number": 80}}})");
  EXPECT_THAT(told(some), ElementsAre("warning Ingress/shop ingress-backend-missing: 2 of its 3 paths lead nowhere: "
                                      "shop.example.com/api goes to Service api, which does not exist; "
                                      "shop.example.com/old goes to Service old, which does not exist"));
  EXPECT_THAT(told(rest), ElementsAre("warning Ingress/shop ingress-backend-missing: everything else leads nowhere: it "
                                      "goes to Service gone, which does not exist"));
}

TEST(Ingresses, ABackendThatIsThereByNowIsFine) {
  sample::Cluster cluster = web();
  ingress(cluster, to("/", "api"));
  EXPECT_FALSE(told(cluster).empty());
  cluster.deployment("api").service("api", 80);
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Ingresses, SaysNothingOfServicesWhereNoneIsSeen) {
  sample::Cluster cluster;
  ingress(cluster, to("/", "api"));
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Ingresses, TellsAClassThatDoesNotExist) {
  auto with = [](std::string_view spec, std::string_view annotations, std::string_view status = "{}") {
    sample::Cluster cluster = web();
    cluster.add(fmt::format(R"({{"kind": "IngressClass", "metadata": {{"name": "nginx", "annotations": {{{}}}}}}})",
                            annotations));
    ingress(cluster, to("/", "web"), spec, status);
    return told(cluster);
  };
  EXPECT_THAT(with(R"(, "ingressClassName": "traefik")", ""),
              ElementsAre("warning Ingress/shop ingress-class-missing: is served by nobody: there is no IngressClass "
                          "traefik"));
  EXPECT_THAT(with(R"(, "ingressClassName": "nginx")", ""), IsEmpty());
  EXPECT_THAT(with("", ""), ElementsAre(HasSubstr("it names no class, and no IngressClass is the default")));
  EXPECT_THAT(with("", R"("ingressclass.kubernetes.io/is-default-class": "true")"), IsEmpty());
  EXPECT_THAT(with("", "", R"({"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}})"), IsEmpty())
      << "somebody serves it";
  sample::Cluster unseen = web();
  ingress(unseen, to("/", "web"), R"(, "ingressClassName": "traefik")");
  EXPECT_THAT(told(unseen), IsEmpty());
}

TEST(Ingresses, TellsACertificateThatIsNotThere) {
  auto with = [](std::string_view secret) {
    sample::Cluster cluster = web();
    if (!secret.empty())
      cluster.add(fmt::format(R"({{"kind": "Secret", "metadata": {{"name": "{}", "namespace": "shop"}}}})", secret));
    ingress(cluster, to("/", "web"), R"(, "tls": [{"hosts": ["shop.example.com"], "secretName": "shop-tls"}])");
    return told(cluster);
  };
  EXPECT_THAT(with("another"),
              ElementsAre("warning Ingress/shop ingress-secret-missing: has no certificate: there is no "
                          "Secret shop-tls in shop"));
  EXPECT_THAT(with("shop-tls"), IsEmpty());
  EXPECT_THAT(with(""), IsEmpty()) << "no Secret is seen";
}

TEST(Ingresses, TellsOneWhoseServiceHasNothingReadyBehindIt) {
  sample::Cluster all, some;
  all.deployment("web", {.status = sample::kCrashing}).service("web", 80);
  some.deployment("web").service("web", 80).deployment("api", {.status = sample::kCrashing}).service("api", 80);
  ingress(all, to("/", "web"));
  ingress(some, to("/", "web") + "," + to("/api", "api"));
  EXPECT_THAT(told(all),
              ElementsAre(HasSubstr("critical Deployment/web crash"),
                          "warning Ingress/shop ingress-unserved: answers 503: shop.example.com/ goes to Service "
                          "web, which has no ready endpoint <- F1"));
  EXPECT_THAT(told(some), ElementsAre(HasSubstr("critical Deployment/api crash"),
                                      "warning Ingress/shop ingress-unserved: shop.example.com/api answers 503: it "
                                      "goes to Service api, which has no ready endpoint <- F1"));
}

TEST(Ingresses, ASilentServiceIsWorseWhereSomethingElseCallsItToo) {
  sample::Cluster cluster;
  cluster.deployment("web", {.status = sample::kCrashing}).service("web", 80);
  cluster.deployment("shop", {.env = sample::endpoint("WEB", "http", "web", 80)});
  ingress(cluster, to("/", "web"));
  EXPECT_THAT(told(cluster), testing::Contains(HasSubstr("critical Ingress/shop ingress-unserved")));
}

TEST(Ingresses, TheServicesOwnFaultIsTheCause) {
  sample::Cluster cluster;
  cluster.deployment("web");
  cluster.add(R"({"kind": "Service", "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"selector": {"app": "wbe"}, "ports": [{"port": 80}]}})");
  ingress(cluster, to("/", "web"));
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("Service/web service-selector-mismatch"),
                                         testing::AllOf(HasSubstr("warning Ingress/shop ingress-unserved"),
                                                        testing::EndsWith(" <- F1"))));
}

TEST(Ingresses, AServiceThatIsReadyOrRestsOrPublishesWhatIsNotReadyIsNoneOfThat) {
  sample::Cluster ready = web(), zero, published;
  ingress(ready, to("/", "web"));
  zero.deployment("web", {.replicas = 0}).service("web", 80);
  ingress(zero, to("/", "web"));
  published.deployment("web", {.status = sample::kCrashing})
      .service("web", 80, R"(, "publishNotReadyAddresses": true)");
  ingress(published, to("/", "web"));
  EXPECT_THAT(told(ready), IsEmpty());
  EXPECT_THAT(told(zero), ElementsAre(HasSubstr("Deployment/web scaled-to-zero: is scaled to 0: Ingress shop calls")));
  EXPECT_THAT(told(published), ElementsAre(HasSubstr("Deployment/web crash")));
}

// A bundle may hold the Secrets of one namespace.
TEST(Ingresses, SaysNothingOfSecretsOfANamespaceThatShowsNone) {
  sample::Cluster cluster = web();
  cluster.add(R"({"kind": "Secret", "metadata": {"name": "a", "namespace": "infra"}})");
  ingress(cluster, to("/", "web"), R"(, "tls": [{"secretName": "shop-tls"}])");
  EXPECT_THAT(told(cluster), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
