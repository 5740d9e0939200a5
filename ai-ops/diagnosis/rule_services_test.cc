#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"
#include "ai-ops/diagnosis/similar_name.h"

namespace ai_ops::diagnosis {
namespace {

using sample::cites;
using sample::endpoint;
using sample::findings_of;
using sample::Runs;
using sample::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kPorts = R"(, "ports": [{"containerPort": 8080, "name": "main"}])";

std::string service(std::string_view name, std::string_view selector, std::string_view ports,
                    std::string_view more = "") {
  return fmt::format(R"({{"kind": "Service", "metadata": {{"name": "{}", "namespace": "shop"}},
    "spec": {{"selector": {{{}}}, "ports": [{}]{}}}}})",
                     name, selector, ports, more);
}

std::string check(std::string_view service, int port, bool reached) {
  return fmt::format(R"({{"kind": "ServiceCheck", "metadata": {{"name": "{0}-{1}", "namespace": "shop"}},
    "spec": {{"service": "{0}", "port": {1}}}, "status": {{"reached": {2}, "message": "{3}"}}}})",
                     service, port, reached, reached ? "connected" : "connection refused");
}

std::string slice(std::string_view service) {
  return fmt::format(R"({{"kind": "EndpointSlice", "metadata": {{"name": "{0}-x", "namespace": "shop", "labels":
    {{"kubernetes.io/service-name": "{0}"}}}}, "endpoints": [{{"addresses": ["10.1.1.1"]}}]}})",
                     service);
}

sample::Cluster with_cart(std::string_view status = sample::kReady) {
  sample::Cluster cluster;
  cluster.node("n1", "8");
  cluster.deployment("cart", {.status = status, .more_container = std::string(kPorts)});
  return cluster;
}

// A workload that calls the Service at this port, and is well.
sample::Cluster& call(sample::Cluster& cluster, std::string_view host, int port) {
  return cluster.deployment("web", {.env = endpoint("CART", "http", host, port)});
}

// ---- service-selector-mismatch

TEST(Services, NamesBothSidesOfASelectorThatMatchesNothing) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("cart", R"("app": "cart_v2")", R"({"port": 80, "targetPort": 8080})"));
  EXPECT_THAT(told(cluster), ElementsAre("warning Service/cart service-selector-mismatch: selects no pod: it asks for "
                                         "app=cart_v2, the pods of Deployment/cart have app=cart"));
  auto found = findings_of(cluster);
  EXPECT_TRUE(cites(found[0], "Service/cart spec.selector.app", "cart_v2"));
  EXPECT_TRUE(cites(found[0], "Deployment/cart spec.template.metadata.labels.app", "cart"));
}

TEST(Services, AKeyThatThePodsDoNotHaveIsNamedToo) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("cart", R"("app.kubernetes.io/name": "cart")", R"({"port": 80, "targetPort": 8080})"));
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("it asks for app.kubernetes.io/name=cart, the pods of "
                                                   "Deployment/cart have app=cart")));
  sample::Cluster other = with_cart();
  other.add(service("cart", R"("app": "cart", "tier": "back")", R"({"port": 80})"));
  EXPECT_THAT(told(other),
              ElementsAre(HasSubstr("it asks for tier=back, the pods of Deployment/cart have no label tier")));
}

TEST(Services, IsCriticalOnceSomethingCallsIt) {
  auto broken = [] {
    sample::Cluster cluster = with_cart();
    cluster.add(service("cart", R"("app": "kart")", R"({"port": 80, "targetPort": 8080})"));
    return cluster;
  };
  sample::Cluster by_endpoint = broken(), by_check = broken(), by_graph = broken(), by_ingress = broken();
  call(by_endpoint, "cart", 80);
  by_check.add(check("cart", 80, false));
  by_graph.add(
      R"({"kind": "CallGraph", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"calls": ["cart"]}})");
  by_ingress.add(R"({"kind": "Ingress", "metadata": {"name": "edge", "namespace": "shop"}, "spec": {"rules": [{"http":
    {"paths": [{"path": "/", "backend": {"service": {"name": "cart", "port": {"number": 80}}}}]}}]}})");
  for (const sample::Cluster& cluster : {by_endpoint, by_check, by_graph, by_ingress})
    EXPECT_THAT(told(cluster), testing::Contains(HasSubstr("critical Service/cart service-selector-mismatch")));
  EXPECT_TRUE(cites(findings_of(by_check)[0], "ServiceCheck/cart-80 status.message", "refused"));
  EXPECT_TRUE(cites(findings_of(by_endpoint)[0], "Deployment/web spec.template.spec.containers[0].env[0].fact"));
}

TEST(Services, FindsWhoIsMeantByLabels) {
  sample::Cluster by_key = with_cart();
  by_key.add(service("basket", R"("application": "cart")", R"({"port": 80, "targetPort": 8080})"));
  EXPECT_THAT(told(by_key), ElementsAre(HasSubstr("the pods of Deployment/cart have app=cart")));
  sample::Cluster by_spelling = with_cart();
  by_spelling.add(service("basket", R"("app": "Cart")", R"({"port": 80, "targetPort": 9})"));
  EXPECT_THAT(told(by_spelling), ElementsAre(HasSubstr("the pods of Deployment/cart have app=cart")));
}

TEST(Services, FindsWhoIsMeantByTheOnlyPortOfItsKind) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("basket", R"("role": "basket")", R"({"port": 80, "targetPort": "main"})"));
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("service-selector-mismatch")));
  cluster.deployment("other", {.more_container = std::string(kPorts)});
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("service-without-endpoints"))) << "two have the port: who knows";
}

TEST(Services, AWorkloadThatHasItsServiceIsNotMeantByAnother) {
  sample::Cluster cluster = with_cart();
  cluster.service("cart", 8080);
  cluster.add(service("old", R"("application": "cart")", R"({"port": 80, "targetPort": 8080})"));
  EXPECT_THAT(told(cluster),
              ElementsAre("info Service/old service-without-endpoints: selects no pod: nothing in shop has "
                          "application=cart"));
}

TEST(Services, APodThatIsNotThereYetIsNoMismatch) {
  sample::Cluster cluster;
  cluster.node("n1", "8").deployment("cart", {.replicas = 0}).service("cart", 80).deployment("web");
  EXPECT_THAT(told(cluster), testing::Not(testing::Contains(HasSubstr("Service/cart"))));
}

TEST(Services, WhatCannotBeSeenIsNotSaid) {
  sample::Cluster no_pods;
  no_pods.add(service("cart", R"("app": "kart")", R"({"port": 80})"));
  EXPECT_THAT(told(no_pods), IsEmpty());
  for (const std::string& proof : {slice("cart"), check("cart", 80, true)}) {
    sample::Cluster cluster = with_cart();
    cluster.add(service("cart", R"("app": "kart")", R"({"port": 80})"));
    cluster.add(proof);
    EXPECT_THAT(told(cluster), IsEmpty()) << proof;
  }
}

TEST(Services, OnesThatSelectNothingOnPurposeAreFine) {
  sample::Cluster cluster = with_cart();
  cluster.add(R"({"kind": "Service", "metadata": {"name": "manual", "namespace": "shop"},
    "spec": {"ports": [{"port": 80}]}})");
  cluster.add(service("away", R"("app": "kart")", R"({"port": 80})", R"(, "type": "ExternalName")"));
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Services, ASelectorThatWasMendedIsFine) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("cart", R"("app": "cart")", R"({"port": 80, "targetPort": 8080})"));
  call(cluster, "cart", 80);
  EXPECT_THAT(told(cluster, {sample::log("web-5d9c-0", {"dial cart: connection refused"}, false)}), IsEmpty());
}

TEST(Services, OneThatSelectsAnothersPodsMeansTheWorkloadOfItsName) {
  sample::Cluster cluster = with_cart();
  cluster.deployment("web", {.more_container = R"(, "ports": [{"containerPort": 3000}])"});
  cluster.add(service("cart", R"("app": "web")", R"({"port": 80, "targetPort": 8080})"));
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("service-selector-mismatch")));
}

// ---- service-target-port-mismatch

TEST(Services, ANamedPortThatNoPodHasIsCertain) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("cart", R"("app": "cart")", R"({"port": 80, "targetPort": "http"})"));
  EXPECT_THAT(told(cluster), ElementsAre("warning Service/cart service-target-port-mismatch: leads to a port that its "
                                         "pods do not open: 80 leads to port \"http\", its pods declare 8080 (main)"));
  EXPECT_TRUE(cites(findings_of(cluster)[0], "Service/cart spec.ports[0].targetPort", "http"));
  EXPECT_TRUE(cites(findings_of(cluster)[0], "Pod/cart-5d9c-0 spec.containers[0].ports[0].name", "main"));
  call(cluster, "cart", 80);
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("critical Service/cart")));
}

TEST(Services, ANumberThatIsNotDeclaredNeedsAContradiction) {
  sample::Cluster alone = with_cart();
  alone.add(service("cart", R"("app": "cart")", R"({"port": 80, "targetPort": 8081})"));
  EXPECT_THAT(told(alone), ElementsAre(HasSubstr("warning Service/cart service-target-port-mismatch")))
      << "nothing leads to what the pods declare";
  sample::Cluster also = with_cart();
  also.service("cart-web", 8080).add(service("cart-web", R"("app": "cart")", R"({"port": 8080})"));
  also.add(service("cart-metrics", R"("app": "cart")", R"({"port": 9090})"));
  EXPECT_THAT(told(also), IsEmpty()) << "a container may listen on more than it declares";
  also.add(check("cart-metrics", 9090, false));
  EXPECT_THAT(told(also),
              ElementsAre(HasSubstr("critical Service/cart-metrics service-target-port-mismatch: leads to a "
                                    "port that its pods do not open: 9090 leads to port 9090")));
}

// The first may be right though nobody declares it; what is certain of the second is said all the same.
TEST(Services, AnOddPortOfWhichNothingIsSaidHidesNoOther) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("cart", R"("app": "cart")", R"({"name": "web", "port": 80, "targetPort": 8080},
    {"name": "metrics", "port": 9100, "targetPort": 9100}, {"name": "grpc", "port": 81, "targetPort": "grcp"})"));
  EXPECT_THAT(told(cluster),
              ElementsAre(HasSubstr("Service/cart service-target-port-mismatch: leads to a port that its "
                                    "pods do not open: 81 leads to port \"grcp\"")));
}

TEST(Services, WhatACallerLogsProvesAWrongPort) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("cart", R"("app": "cart")", R"({"port": 80, "targetPort": 8081})"));
  call(cluster, "cart", 80);
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("warning Service/cart")));
  auto logs = {sample::log("web-5d9c-0", {"GET cart failed: dial tcp cart: connect: connection refused"}, false)};
  EXPECT_THAT(told(cluster, logs),
              ElementsAre(HasSubstr("critical Service/cart service-target-port-mismatch"),
                          "warning Deployment/web dependency-down: calls cart, which does not lead to its pods <- F1"));
}

TEST(Services, TheLogsOfWhoCallsAWrongPortAreWanted) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("cart", R"("app": "cart")", R"({"port": 80, "targetPort": 8081})"));
  call(cluster, "cart", 80);
  EXPECT_THAT(logs_wanted(Cluster(cluster.snapshot())), ElementsAre(LogWanted{"shop", "web-5d9c-0", "app", false}));
}

TEST(Services, ExplainsCallersThatAreNotReady) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("cart", R"("app": "cart")", R"({"port": 80, "targetPort": "http"})"));
  cluster.deployment("web", {.status = sample::kNotReady, .env = endpoint("CART", "http", "cart", 80)});
  EXPECT_THAT(
      told(cluster),
      ElementsAre(HasSubstr("critical Service/cart service-target-port-mismatch"),
                  "critical Deployment/web dependency-down: runs but is not ready: CART points to cart:80, which "
                  "does not lead to its pods <- F1",
                  "critical Deployment/web not-ready: runs but is not ready <- F2"));
}

TEST(Services, AReadinessProbeShowsThatAnUndeclaredPortIsOpen) {
  sample::Cluster cluster;
  cluster.node("n1", "8").deployment(
      "cart", {.more_container = std::string(kPorts) + R"(, "readinessProbe": {"tcpSocket": {"port": 8081}})"});
  cluster.add(service("cart", R"("app": "cart")", R"({"port": 80, "targetPort": 8081})"));
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Services, APortThatIsReachedIsRight) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("cart", R"("app": "cart")", R"({"port": 80, "targetPort": 8081})"));
  cluster.add(check("cart", 80, true));
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Services, PodsThatDeclareNothingAreTakenAtTheirWord) {
  sample::Cluster cluster;
  cluster.node("n1", "8").deployment("cart").service("cart", 80);
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Services, AHeadlessServiceTranslatesNoPorts) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("cart", R"("app": "cart")", R"({"port": 80, "targetPort": 8081})", R"(, "clusterIP": "None")"));
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Services, ASidecarsPortIsThePods) {
  sample::Cluster cluster;
  cluster.node("n1", "8").deployment(
      "cart", {.more_container = std::string(kPorts), .more_pod = R"(, "initContainers": [{"name": "proxy",
               "restartPolicy": "Always", "ports": [{"containerPort": 15001, "name": "proxy"}]}])"});
  cluster.add(service("cart", R"("app": "cart")", R"({"port": 80, "targetPort": "proxy"})"));
  EXPECT_THAT(told(cluster), IsEmpty());
}

// ---- service-protocol-mismatch

TEST(Services, TellsAPortOfAnotherProtocol) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("cart", R"("app": "cart")", R"({"port": 8080, "protocol": "UDP"})"));
  EXPECT_THAT(told(cluster),
              ElementsAre("warning Service/cart service-protocol-mismatch: its pods serve another protocol: "
                          "8080 leads to port 8080 over UDP, its pods declare it for TCP"));
  EXPECT_TRUE(cites(findings_of(cluster)[0], "Service/cart spec.ports[0].protocol", "UDP"));
  cluster.add(check("cart", 8080, false));
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("critical Service/cart service-protocol-mismatch")));
}

TEST(Services, BothProtocolsOfAPortAreFine) {
  sample::Cluster cluster;
  cluster.node("n1", "8").deployment("dns", {.more_container = R"(, "ports": [{"containerPort": 53, "protocol": "UDP"},
    {"containerPort": 53, "protocol": "TCP"}])"});
  cluster.add(service("dns", R"("app": "dns")", R"({"port": 53, "protocol": "UDP", "name": "dns"}, {"port": 53, "name":
    "dns-tcp"})"));
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Services, APortOfAnotherProtocolThatIsReachedIsFine) {
  sample::Cluster cluster = with_cart();
  cluster.add(service("cart", R"("app": "cart")", R"({"port": 8080, "protocol": "UDP"})"));
  cluster.add(check("cart", 8080, true));
  EXPECT_THAT(told(cluster), IsEmpty());
}

// ---- service-without-endpoints

TEST(Services, ATryThatFailsForWantOfReadyPodsComesOfThem) {
  sample::Cluster cluster = with_cart(sample::kNotReady);
  cluster.service("cart", 8080);
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("Deployment/cart not-ready")));
  cluster.add(check("cart", 8080, false));
  EXPECT_THAT(told(cluster),
              ElementsAre(HasSubstr("Deployment/cart not-ready"),
                          "critical Service/cart service-without-endpoints: has no ready endpoint: none of "
                          "the pods that it selects is ready <- F1"));
}

TEST(Services, ATryThatFailedBeforeThePodsWereReadyIsNothing) {
  sample::Cluster cluster = with_cart();
  cluster.service("cart", 8080).add(check("cart", 8080, false));
  EXPECT_THAT(told(cluster), IsEmpty());
}

// ---- endpoint-host-mismatch of a name that is almost right

TEST(Services, NamesTheServiceThatAMisspeltNameMeans) {
  sample::Cluster cluster;
  cluster.node("n1", "8").deployment("catalogue", {.more_container = std::string(kPorts)}).service("catalogue", 8080);
  for (std::string host : {"catalgue", "catalogue-old", "cataloge"}) {
    sample::Cluster with = cluster;
    with.deployment("web", {.env = endpoint("CATALOGUE", "http", host, 8080)});
    auto found = findings_of(with);
    ASSERT_EQ(found.size(), 1u) << host;
    EXPECT_EQ(found[0].fault, "endpoint-host-mismatch");
    EXPECT_THAT(found[0].title, HasSubstr(fmt::format("there is no Service {} in shop, but catalogue", host)));
  }
  for (std::string host : {"inventory", "cat", "log"}) {
    sample::Cluster with = cluster;
    with.deployment("web", {.env = endpoint("X", "http", host, 8080)});
    EXPECT_THAT(told(with), IsEmpty()) << host;
  }
  sample::Cluster by_variable = cluster;
  by_variable.deployment("web", {.env = endpoint("CATALOGUE_ADDR", "http", "stock", 8080)});
  EXPECT_THAT(told(by_variable), ElementsAre(HasSubstr("there is no Service stock in shop, but catalogue")));
  cluster.deployment("web", {.env = endpoint("CATALOGUE", "http", "catalgue", 3306)});
  EXPECT_THAT(told(cluster), IsEmpty()) << "that Service listens on another port";
}

TEST(SimilarName, KnowsSlips) {
  EXPECT_TRUE(is_slip_of("shipping_service", "shippingservice"));
  EXPECT_TRUE(is_slip_of("shippingservic", "shippingservice"));
  EXPECT_TRUE(is_slip_of("orders-invalid", "orders"));
  EXPECT_FALSE(is_slip_of("orders", "orders"));
  EXPECT_FALSE(is_slip_of("orders", "payments"));
  EXPECT_FALSE(is_slip_of("db1", "db2"));
  EXPECT_FALSE(is_slip_of("", "orders"));
  EXPECT_FALSE(is_slip_of(std::string(1 << 20, 'a'), std::string(1 << 20, 'b')));
}

TEST(Services, SurvivesServicesOfAnyShape) {
  for (std::string spec : {"null", "[]", "7", R"({"selector": 5})", R"({"selector": {"app": null}})",
                           R"({"selector": {"app": "cart"}, "ports": [null, {}, {"port": "x", "targetPort": []}]})",
                           R"({"selector": {"app": "kart"}, "ports": {"port": 80}})"}) {
    sample::Cluster cluster = with_cart();
    cluster.add(R"({"kind": "Service", "metadata": {"name": "cart", "namespace": "shop"}, "spec": )" + spec + "}");
    cluster.add(R"({"kind": "ServiceCheck", "metadata": {"name": "odd", "namespace": "shop"}})");
    cluster.add(
        R"({"kind": "CallGraph", "metadata": {"name": "odd", "namespace": "shop"}, "spec": {"calls": [3, null]}})");
    cluster.add(
        R"({"kind": "Ingress", "metadata": {"name": "odd", "namespace": "shop"}, "spec": {"rules": [null, 3]}})");
    findings_of(cluster);
  }
}

}  // namespace
}  // namespace ai_ops::diagnosis
