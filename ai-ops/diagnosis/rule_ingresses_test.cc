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
  EXPECT_THAT(told(one),
              ElementsAre("warning Ingress/shop ingress-backend-missing: leads nowhere: shop.example.com/api "
                          "goes to Service api, which does not exist"));
  EXPECT_THAT(told(all), ElementsAre(HasSubstr("critical Ingress/shop ingress-backend-missing")));
  EXPECT_THAT(told(port), ElementsAre(HasSubstr("shop.example.com/ goes to port 81 of Service web, which has 80")));
  EXPECT_THAT(told(fine), IsEmpty());
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

}  // namespace
}  // namespace ai_ops::diagnosis
