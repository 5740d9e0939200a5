#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::endpoint;
using sample::log;
using sample::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Calls db, which runs.
sample::Cluster cart(std::string_view status = sample::kNotReady) {
  sample::Cluster cluster;
  cluster.deployment("db", {.more_container = R"(, "ports": [{"name": "sql", "containerPort": 5432}])"});
  cluster.service("db", 5432);
  cluster.deployment("cart", {.status = status, .env = endpoint("DB", "postgres", "db", 5432)});
  return cluster;
}

std::vector<std::string> with(std::string_view spec, sample::Cluster cluster = cart(),
                              std::vector<LogExcerpt> logs = {}) {
  cluster.add(fmt::format(
      R"({{"kind": "NetworkPolicy", "metadata": {{"name": "deny", "namespace": "shop"}}, "spec": {}}})", spec));
  return told(cluster, std::move(logs));
}

constexpr std::string_view kDenyAll = R"({"podSelector": {}, "policyTypes": ["Ingress"]})";

TEST(NetworkPolicies, BlamesTheOneThatLetsTheCallerNotIn) {
  EXPECT_THAT(with(kDenyAll), ElementsAre("critical NetworkPolicy/deny network-policy-denies: lets nothing from cart "
                                          "reach db:5432",
                                          HasSubstr("Deployment/cart not-ready: runs but is not ready <- F1")));
}

TEST(NetworkPolicies, UnderstandsWhatRulesAllow) {
  for (std::string_view rule : {R"({})", R"({"from": [{"podSelector": {"matchLabels": {"app": "cart"}}}]})",
                                R"({"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]})", R"({"ports": [{"port": 5432}]})",
                                R"({"ports": [{"port": "sql"}]})", R"({"ports": [{"port": 5000, "endPort": 6000}]})",
                                R"({"from": [{"namespaceSelector": {"matchLabels": {"team": "a"}}}]})"})
    EXPECT_THAT(with(fmt::format(R"({{"podSelector": {{"matchLabels": {{"app": "db"}}}}, "ingress": [{}]}})", rule)),
                ElementsAre(Not(HasSubstr("network-policy-denies"))))
        << rule;
  for (std::string_view rule :
       {R"({"from": [{"podSelector": {"matchLabels": {"app": "web"}}}]})", R"({"ports": [{"port": 80}]})",
        R"({"ports": [{"port": "http"}]})", R"({"ports": [{"port": 5432, "protocol": "UDP"}]})"})
    EXPECT_THAT(with(fmt::format(R"({{"podSelector": {{"matchLabels": {{"app": "db"}}}}, "ingress": [{}]}})", rule))[0],
                HasSubstr("network-policy-denies"))
        << rule;
}

TEST(NetworkPolicies, ReadsTheLabelsOfANamespaceWhereTheyAreSeen) {
  sample::Cluster cluster = cart();
  cluster.add(R"({"kind": "Namespace", "metadata": {"name": "shop", "labels": {"team": "b"}}})");
  EXPECT_THAT(
      with(R"({"podSelector": {}, "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"team": "a"}}}]}]})",
           cluster)[0],
      HasSubstr("network-policy-denies"));
}

TEST(NetworkPolicies, BlamesOneThatLetsTheCallerNotOut) {
  EXPECT_THAT(with(R"({"podSelector": {"matchLabels": {"app": "cart"}}, "policyTypes": ["Egress"],
                      "egress": [{"ports": [{"port": 443}]}]})")[0],
              HasSubstr("NetworkPolicy/deny network-policy-denies: lets cart not reach db:5432"));
  EXPECT_THAT(with(R"({"podSelector": {"matchLabels": {"app": "cart"}}, "policyTypes": ["Egress"],
                      "egress": [{"ports": [{"port": 5432}]}]})")[0],
              HasSubstr("lets cart ask no name server, so db does not resolve"));
  EXPECT_THAT(with(R"({"podSelector": {"matchLabels": {"app": "cart"}}, "policyTypes": ["Egress"],
                      "egress": [{"ports": [{"port": 5432}, {"port": 53, "protocol": "UDP"}]}]})"),
              ElementsAre(Not(HasSubstr("network-policy-denies"))));
}

TEST(NetworkPolicies, SaysNothingWhileTheCallerIsWell) { EXPECT_THAT(with(kDenyAll, cart(sample::kReady)), IsEmpty()); }

TEST(NetworkPolicies, BelievesTheLogOfACallerThatLooksWell) {
  EXPECT_THAT(
      with(kDenyAll, cart(sample::kReady), {log("cart-5d9c-0", {"dial tcp 10.0.0.7:5432: i/o timeout"}, false)}),
      ElementsAre(HasSubstr("network-policy-denies"), HasSubstr("Deployment/cart dependency-down")));
}

TEST(NetworkPolicies, WhatIsRefusedOrFailsOtherwiseWasNotDenied) {
  for (std::string line : {"dial tcp 10.0.0.7:5432: connect: connection refused", "panic: config file is missing"})
    EXPECT_THAT(with(kDenyAll, cart(sample::kCrashing), {log("cart-5d9c-0", {line})}),
                ElementsAre(Not(HasSubstr("network-policy-denies"))))
        << line;
}

// "10.0.0.7:54321" is no ":5432", nor is the time of day a port, nor a question mark one that is not known.
TEST(NetworkPolicies, APortIsAWholeNumberOfALine) {
  for (std::string line : {"dial tcp 203.0.113.7:54321: i/o timeout", "11:54:32 upload timed out", "why? timed out"})
    EXPECT_THAT(with(kDenyAll, cart(sample::kReady), {log("cart-5d9c-0", {line}, false)}), IsEmpty()) << line;
  sample::Cluster dns;
  dns.deployment("names").service("names", 54);
  dns.deployment("cart", {.env = endpoint("DNS", "udp", "names", 54)});
  for (std::string line : {"11:54:07 upload timed out", "2026-01-02T11:59:54Z upload timed out"})
    EXPECT_THAT(with(kDenyAll, dns, {log("cart-5d9c-0", {line}, false)}), IsEmpty()) << line;
  EXPECT_THAT(with(kDenyAll, dns, {log("cart-5d9c-0", {"read udp 10.0.0.9:54: i/o timeout"}, false)}),
              ElementsAre(HasSubstr("network-policy-denies"), HasSubstr("dependency-down")));
  sample::Cluster portless;
  portless.deployment("db").service("db", 5432);
  portless.deployment("cart", {.env = R"({"name": "DB", "fact": {"type": "endpoint", "host": "db"}})"});
  EXPECT_THAT(with(kDenyAll, portless, {log("cart-5d9c-0", {"why? timed out"}, false)}), IsEmpty());
}

TEST(NetworkPolicies, PodsOfTheNodesNetworkAreExempt) {
  sample::Cluster cluster;
  cluster.deployment("db", {.more_pod = R"(, "hostNetwork": true)"}).service("db", 5432);
  cluster.deployment("cart", {.status = sample::kNotReady, .env = endpoint("DB", "postgres", "db", 5432)});
  EXPECT_THAT(with(kDenyAll, cluster), ElementsAre(Not(HasSubstr("network-policy-denies"))));
}

TEST(NetworkPolicies, TellsOneThatSelectsNothing) {
  EXPECT_THAT(
      with(R"({"podSelector": {"matchLabels": {"app": "dbb"}}})", cart(sample::kReady)),
      ElementsAre("info NetworkPolicy/deny network-policy-selects-nothing: limits nothing: no pod has the labels "
                  "that it selects"));
  EXPECT_THAT(with(R"({"podSelector": {"matchLabels": {"app": "db"}}, "ingress": [{}]})", cart(sample::kReady)),
              IsEmpty());
  EXPECT_THAT(with(R"({"podSelector": {"matchLabels": {"app": "dbb"}}})", sample::Cluster()), IsEmpty());
  sample::Cluster elsewhere;
  elsewhere.deployment("db", {.project = "infra"});
  EXPECT_THAT(with(R"({"podSelector": {"matchLabels": {"app": "dbb"}}})", std::move(elsewhere)), IsEmpty())
      << "the pods of another namespace are in view";
}

}  // namespace
}  // namespace ai_ops::diagnosis
