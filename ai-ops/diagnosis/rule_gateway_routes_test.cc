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
using testing::IsEmpty;

struct To {
  std::string_view path;     // "/cart/**"
  std::string_view service;  // that the route goes to
};

// As redaction leaves a gateway's file: per route a name, an address and a path, with their lines.
sample::Cluster gateway(const std::vector<To>& routes, const std::vector<std::string_view>& services) {
  sample::Cluster cluster;
  for (std::string_view name : services) cluster.deployment(std::string(name)).service(name, 80);
  cluster.deployment("gateway", {.more_pod = R"(, "volumes": [{"name": "c", "configMap": {"name": "gateway"}}])"});
  std::string lines;
  int number = 1;
  for (const To& route : routes) {
    lines += fmt::format(R"({0}{{"line": {1}, "key": "id", "fact": {{"type": "word", "value": "{2}-route"}}}},
      {{"line": {3}, "key": "uri", "fact": {{"type": "endpoint", "scheme": "http", "host": "{4}", "port": 80}}}},
      {{"line": {5}, "key": "Path", "fact": {{"type": "path", "segments": ["api", "{2}", "**"]}}}})",
                         lines.empty() ? "" : ",", number, route.path, number + 1, route.service, number + 3);
    number += 4;
  }
  return std::move(cluster.add(fmt::format(R"({{"kind": "ConfigMap", "metadata": {{"name": "gateway",
    "namespace": "shop"}}, "data": {{"application.yml": {{"type": "document", "length": 900, "lines": [{}]}}}}}})",
                                           lines)));
}

const std::vector<std::string_view> kServices{"cart",   "orders", "users",   "store",   "mail",
                                              "search", "stock",  "reviews", "billing", "prices"};

std::vector<To> habitual() {
  std::vector<To> out;
  for (std::string_view name : kServices) out.push_back({name, name});
  return out;
}

TEST(GatewayRoutes, OneRouteThatBreaksTheHabitOfAllOthersIsTold) {
  std::vector<To> routes = habitual();
  routes[3].service = "mail";  // store -> mail
  sample::Cluster cluster = gateway(routes, kServices);
  EXPECT_THAT(told(cluster), ElementsAre("warning Service/store gateway-misrouted: its route in ConfigMap gateway goes "
                                         "to mail instead"));
  auto found = findings_of(cluster);
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(cites(found[0], R"(ConfigMap/gateway data["application.yml"].lines[10].fact)", "mail:80"));
  EXPECT_TRUE(cites(found[0], R"(ConfigMap/gateway data["application.yml"].lines[9].fact.value)", "store-route"));
}

TEST(GatewayRoutes, RoutesThatKeepTheirHabitAreWell) { EXPECT_THAT(codes(gateway(habitual(), kServices)), IsEmpty()); }

TEST(GatewayRoutes, AFileWithoutAHabitIsNotJudged) {
  std::vector<To> routes = habitual();
  routes.resize(6);
  for (std::size_t i : {1, 3, 5}) routes[i].service = "billing";
  EXPECT_THAT(codes(gateway(routes, kServices)), IsEmpty()) << "three of six";
  EXPECT_THAT(codes(gateway({{"cart", "cart"}, {"store", "mail"}}, kServices)), IsEmpty()) << "two routes";
}

TEST(GatewayRoutes, AServiceThatAnotherRouteReachesIsNotCutOff) {
  std::vector<To> routes = habitual();
  routes[3].service = "mail";
  routes.push_back({"shelf", "store"});
  EXPECT_THAT(codes(gateway(routes, kServices)), IsEmpty());
}

TEST(GatewayRoutes, ARouteOfAServiceThatIsNotThereOrToOneOutsideIsNotJudged) {
  std::vector<To> routes = habitual();
  routes.push_back({"shelf", "mail"});
  EXPECT_THAT(codes(gateway(routes, kServices)), IsEmpty()) << "nothing is called shelf";
  routes = habitual();
  routes[3].service = "store.example.com";
  EXPECT_THAT(codes(gateway(routes, kServices)), IsEmpty()) << "somebody sends it out of the cluster";
}

TEST(GatewayRoutes, ADocumentOfAnyShapeIsRead) {
  sample::Cluster cluster;
  cluster.service("cart", 80);
  cluster.add(R"({"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "shop"}, "data": {
    "x": "text", "y": {"type": "document"}, "z": {"type": "document", "lines": [null, 7, {}, {"fact": {"type": "path"}},
      {"line": "3", "key": "id", "fact": {"type": "endpoint"}}]}}})");
  cluster.deployment("cart", {.more_pod = R"(, "volumes": [{"name": "c", "configMap": {"name": "a"}}])"});
  EXPECT_THAT(codes(cluster), IsEmpty());
}

// A canary takes the path over from the Service that it is a release of.
TEST(GatewayRoutes, ARouteToAReleaseOfTheServiceKeepsTheHabit) {
  for (std::string_view release : {"store-v2", "store-canary", "canary-store", "store-green", "store-2"}) {
    std::vector<To> routes = habitual();
    routes[3].service = release;
    std::vector<std::string_view> services = kServices;
    services.push_back(release);
    EXPECT_THAT(codes(gateway(routes, services)), IsEmpty()) << release;
  }
  std::vector<To> routes = habitual();
  routes[3].service = "mail-v2";
  std::vector<std::string_view> services = kServices;
  services.push_back("mail-v2");
  EXPECT_THAT(codes(gateway(routes, services)), ElementsAre("F1 Service/store gateway-misrouted"));
}

}  // namespace
}  // namespace ai_ops::diagnosis
