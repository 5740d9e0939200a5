#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string condition(std::string_view type, std::string_view status, std::string_view message = "") {
  return fmt::format(R"({{"type": "{}", "status": "{}", "reason": "R", "message": "{}", "observedGeneration": 2}})",
                     type, status, message);
}

struct Setting {
  std::string of_class = condition("Accepted", "True");
  std::string of_gateway = condition("Accepted", "True") + "," + condition("Programmed", "True");
  std::string of_route = condition("Accepted", "True") + "," + condition("ResolvedRefs", "True");
  std::string class_name = "mesh";
  std::string gateway = "edge";
  std::string service = "web";
  int generation = 2;
};

std::vector<std::string> told_of(const Setting& s) {
  sample::Cluster cluster;
  cluster.deployment("web").service("web", 80);
  cluster.add(fmt::format(R"({{"kind": "GatewayClass", "metadata": {{"name": "mesh", "generation": {}}},
    "spec": {{"controllerName": "example.com/mesh"}}, "status": {{"conditions": [{}]}}}})",
                          s.generation, s.of_class));
  cluster.add(fmt::format(R"({{"kind": "Gateway", "metadata": {{"name": "edge", "namespace": "shop", "generation": {}}},
    "spec": {{"gatewayClassName": "{}"}}, "status": {{"conditions": [{}]}}}})",
                          s.generation, s.class_name, s.of_gateway));
  cluster.add(
      fmt::format(R"({{"kind": "HTTPRoute", "metadata": {{"name": "web", "namespace": "shop", "generation": {}}},
    "spec": {{"parentRefs": [{{"name": "{}"}}], "rules": [{{"backendRefs": [{{"name": "{}", "port": 80}}]}}]}},
    "status": {{"parents": [{{"conditions": [{}]}}]}}}})",
                  s.generation, s.gateway, s.service, s.of_route));
  return told(cluster);
}

TEST(Gateways, ThatAreServedAreFine) { EXPECT_THAT(told_of({}), IsEmpty()); }

TEST(Gateways, TellsOneThatIsNotProgrammedAndItsClass) {
  EXPECT_THAT(told_of({.of_class = condition("Accepted", "False", "bad parameters"),
                       .of_gateway = condition("Accepted", "False", "class is not accepted")}),
              ElementsAre("critical GatewayClass/mesh gateway-not-accepted: is not accepted: bad parameters",
                          "critical Gateway/edge gateway-not-accepted: is not served: class is not accepted <- F1"));
  EXPECT_THAT(
      told_of({.of_gateway = condition("Accepted", "True") + "," + condition("Programmed", "False", "no address")}),
      ElementsAre(HasSubstr("Gateway/edge gateway-not-accepted: is not served: no address")));
}

TEST(Gateways, TellsAClassThatDoesNotExistAndOneThatNobodyTakes) {
  EXPECT_THAT(told_of({.class_name = "nosuch"}), ElementsAre(HasSubstr("there is no GatewayClass nosuch")));
  EXPECT_THAT(
      told_of({.of_class = condition("Accepted", "Unknown", "Waiting for controller")}),
      ElementsAre(HasSubstr("GatewayClass/mesh gateway-not-accepted: is not accepted: no controller has taken it")));
}

TEST(Gateways, TellsARouteThatLeadsNowhere) {
  EXPECT_THAT(
      told_of({.service = "api"}),
      ElementsAre("critical HTTPRoute/web route-not-accepted: is not served: it goes to Service api, which does "
                  "not exist"));
  EXPECT_THAT(told_of({.gateway = "edgy"}), ElementsAre(HasSubstr("there is no Gateway edgy in shop")));
  EXPECT_THAT(told_of({.of_route = condition("Accepted", "False", "no listener allows it")}),
              ElementsAre("warning HTTPRoute/web route-not-accepted: is not served: no listener allows it"));
}

TEST(Gateways, LinksARouteToItsGateway) {
  EXPECT_THAT(told_of({.of_gateway = condition("Programmed", "False", "no address"),
                       .of_route = condition("Accepted", "False", "the gateway is not ready")}),
              ElementsAre(HasSubstr("Gateway/edge"), HasSubstr("the gateway is not ready <- F1")));
}

TEST(Gateways, WhatWasSaidOfAnEarlierGenerationIsOver) {
  EXPECT_THAT(
      told_of(
          {.of_gateway = condition("Accepted", "False"), .of_route = condition("Accepted", "False"), .generation = 3}),
      IsEmpty());
}

TEST(Gateways, SaysNothingOfWhatIsNotSeen) {
  sample::Cluster cluster;
  cluster.add(R"({"kind": "HTTPRoute", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"parentRefs":
    [{"name": "edge", "namespace": "infra"}], "rules": [{"backendRefs": [{"name": "web", "port": 80}, 3]}]}})");
  EXPECT_THAT(told(cluster), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
