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
      fmt::format(R"({{"kind": "HTTPRoute", "metadata": {{"name": "web", "namespace": "shop", "generation": {0}}},
    "spec": {{"parentRefs": [{{"name": "{1}"}}], "rules": [{{"backendRefs": [{{"name": "{2}", "port": 80}}]}}]}},
    "status": {{"parents": [{{"parentRef": {{"name": "{1}"}}, "conditions": [{3}]}}]}}}})",
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
  EXPECT_THAT(told_of({.gateway = "edgy"}), ElementsAre("critical HTTPRoute/web route-not-accepted: is not "
                                                        "served: there is no Gateway edgy in shop"));
  EXPECT_THAT(told_of({.of_route = condition("Accepted", "False", "no listener allows it")}),
              ElementsAre("warning HTTPRoute/web route-not-accepted: is not served: no listener allows it"));
}

// Two Gateways, one of which does not take the route.
std::vector<std::string> told_of_two_parents(std::string_view second, std::string_view rules) {
  sample::Cluster cluster;
  cluster.deployment("web").service("web", 80);
  for (std::string_view name : {"edge", "inner"})
    cluster.add(fmt::format(R"({{"kind": "Gateway", "metadata": {{"name": "{}", "namespace": "shop"}}}})", name));
  cluster.add(fmt::format(
      R"({{"kind": "HTTPRoute", "metadata": {{"name": "web", "namespace": "shop", "generation": 2}},
    "spec": {{"parentRefs": [{{"name": "edge"}}, {{"name": "{0}"}}], "rules": [{1}]}},
    "status": {{"parents": [{{"parentRef": {{"name": "edge"}}, "conditions": [{2}]}},
      {{"parentRef": {{"name": "{0}"}}, "conditions": [{3}]}}]}}}})",
      second, rules, condition("Accepted", "True"),
      second == "edge" ? condition("Accepted", "True") : condition("Accepted", "False", "no matching listener")));
  return told(cluster);
}
constexpr std::string_view kToWeb = R"({"backendRefs": [{"name": "web", "port": 80}]})";
constexpr std::string_view kToApi = R"({"backendRefs": [{"name": "api", "port": 80}]})";

TEST(Gateways, ARouteThatAnotherParentAcceptsIsServed) {
  EXPECT_THAT(told_of_two_parents("inner", kToWeb),
              ElementsAre("warning HTTPRoute/web route-not-accepted: is not served by inner: no matching listener"));
  EXPECT_THAT(told_of_two_parents("gone", kToWeb),
              ElementsAre("warning HTTPRoute/web route-not-accepted: is served in part: there is no Gateway gone in "
                          "shop"));
  EXPECT_THAT(told_of_two_parents("edge", fmt::format("{}, {}", kToWeb, kToApi)),
              ElementsAre("warning HTTPRoute/web route-not-accepted: is served in part: it goes to Service api, which "
                          "does not exist"));
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

TEST(Gateways, ARouteWhoseServiceHasNothingReadyAnswers503) {
  auto with = [](std::string_view refs, std::string_view kind = "HTTPRoute") {
    sample::Cluster cluster;
    cluster.deployment("web", {.status = sample::kCrashing}).service("web", 80);
    cluster.deployment("api").service("api", 80);
    cluster.add(fmt::format(R"({{"kind": "{}", "metadata": {{"name": "front", "namespace": "shop"}},
      "spec": {{"rules": [{{"backendRefs": [{}]}}]}}}})",
                            kind, refs));
    return told(cluster);
  };
  constexpr std::string_view kWeb = R"({"name": "web", "port": 80})";
  EXPECT_THAT(with(kWeb), ElementsAre(HasSubstr("Deployment/web crash"),
                                      "warning HTTPRoute/front ingress-unserved: answers 503: rule 1 goes to Service "
                                      "web, which has no ready endpoint <- F1"));
  EXPECT_THAT(with(R"({"name": "api", "port": 80}, {"name": "web", "port": 80, "weight": 0})"),
              ElementsAre(HasSubstr("Deployment/web crash")))
      << "a canary that gets nothing";
  EXPECT_THAT(with(R"({"name": "api", "port": 80}, {"name": "web", "port": 80})"),
              testing::Contains(HasSubstr("warning HTTPRoute/front ingress-unserved: a part of rule 1 answers 503")));
  EXPECT_THAT(with(kWeb, "TCPRoute"), ElementsAre(HasSubstr("Deployment/web crash"))) << "it speaks no HTTP";
}

// Something of infra is in view, and whether it has Gateways is not.
TEST(Gateways, AGatewayOfANamespaceThatShowsNoneMayBeThere) {
  sample::Cluster cluster;
  cluster.add(R"({"kind": "Gateway", "metadata": {"name": "inner", "namespace": "shop"}})");
  cluster.add(R"({"kind": "Service", "metadata": {"name": "a", "namespace": "infra"}})");
  cluster.add(R"({"kind": "HTTPRoute", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"parentRefs":
    [{"name": "edge", "namespace": "infra"}]}})");
  EXPECT_THAT(told(cluster), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
