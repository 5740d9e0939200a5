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
using testing::UnorderedElementsAre;

constexpr std::string_view kReadOnly =
    "Error 1290: The MySQL server is running with the --read-only option so it cannot execute this statement";
constexpr std::string_view kAway = "CommunicationsException: Communications link failure";
constexpr std::string_view kDenied = "Error 1045: Access denied for user 'shop'@'10.0.0.7'";

// A Deployment of this image: of two members of one name the last one counts.
sample::Cluster& server(sample::Cluster& cluster, const std::string& name, std::string_view image,
                        std::string_view status = sample::kReady) {
  return cluster.deployment(
      name, {.status = status, .more_container = fmt::format(R"(, "image": "registry.example/library/{}")", image)});
}

sample::Cluster crashing(std::string_view name = "cart", std::string env = {}) {
  sample::Cluster cluster;
  return std::move(cluster.deployment(std::string(name), {.status = sample::kCrashing, .env = std::move(env)}));
}

LogExcerpt said(std::string_view workload, std::string_view line, bool previous = true) {
  return log(fmt::format("{}-5d9c-0", workload), {"starting", std::string(line), "bye"}, previous);
}

TEST(LogReasonsRule, ALogNamesTheFaultOfACrash) {
  struct Row {
    std::string_view line, fault;
  };
  constexpr Row kRows[] = {{"bind: address already in use", "port-conflict"},
                           {"write /data/x: no space left on device", "disk-full"},
                           {"WRONGPASS invalid username-password pair", "wrong-credentials"},
                           {"Temporary failure in name resolution", "dns-failure"},
                           {"exec: \"serve\": executable file not found in $PATH", "command-not-found"},
                           {"exec /app/serve: permission denied", "command-not-executable"}};
  for (const Row& row : kRows) {
    auto found = findings_of(crashing(), {said("cart", row.line)});
    ASSERT_EQ(found.size(), 1u) << row.line;
    EXPECT_EQ(found[0].fault, row.fault);
    EXPECT_TRUE(cites(found[0], "log cart-5d9c-0/app previous line 2", row.line)) << row.line;
  }
  EXPECT_THAT(codes(crashing(), {said("cart", "panic: nil pointer")}), ElementsAre("F1 Deployment/cart crash"));
}

TEST(LogReasonsRule, ASidecarsLogDoesNotTellWhyTheProgramBesideItDies) {
  std::vector<LogLine> lines{"starting", "bind: address already in use", "bye"};
  LogExcerpt beside = log("cart-5d9c-0", lines, false), own = log("cart-5d9c-0", {"panic: nil map"}, true);
  beside.of.container = "proxy";
  EXPECT_THAT(codes(crashing(), {beside, own}), ElementsAre("F1 Deployment/cart crash"));
  EXPECT_THAT(codes(crashing(), {beside, log("cart-5d9c-0", lines, true)}),
              ElementsAre("F1 Deployment/cart port-conflict"));
}

// A word of failure in one of its last lines made it present again.
TEST(LogReasonsRule, WhatAPodThatIsWellLoggedBeforeItsLastLinesIsOver) {
  sample::Cluster cluster;
  cluster.deployment("cart");
  for (const char* last : {"session timeout set to 30s", "GET /cart 503 12ms", "bye"}) {
    LogExcerpt full = log("cart-5d9c-0", {"no space left on device", "listening", last}, false);
    EXPECT_THAT(codes(cluster, {full}), ElementsAre("F1 Deployment/cart disk-full")) << last;
    full.earlier = 1;
    EXPECT_THAT(codes(cluster, {full}), ElementsAre()) << last;
  }
}

// resolv.conf is the pod's.
TEST(LogReasonsRule, ASidecarsLogTellsThatNamesDoNotResolveInThePod) {
  auto beside = log("cart-5d9c-0", {"2026-01-02T11:59:30Z lookup control on 10.0.0.10:53: i/o timeout"}, false);
  beside.of.container = "proxy";
  LogExcerpt own = log("cart-5d9c-0", {"client not connected"}, true);
  EXPECT_THAT(codes(crashing(), {beside, own}), ElementsAre("F1 Deployment/cart dns-failure"));
  beside.lines = {"2026-01-02T10:59:30Z lookup control on 10.0.0.10:53: i/o timeout"};
  EXPECT_THAT(codes(crashing(), {beside, own}), ElementsAre("F1 Deployment/cart crash")) << "an hour ago";
}

TEST(LogReasonsRule, ARefusalCountsHoweverWellItsProgramLooks) {
  sample::Cluster cluster;
  cluster.deployment("cart");
  auto found = findings_of(cluster, {said("cart", kDenied, false)});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fault, "wrong-credentials");
  EXPECT_EQ(found[0].severity, Severity::warning);
  EXPECT_THAT(codes(cluster, {said("cart", "bind: address already in use", false)}), IsEmpty());
  EXPECT_THAT(codes(cluster, {said("cart", "Temporary failure in name resolution", false)}), IsEmpty());
}

TEST(LogReasonsRule, TheLogOfARunThatIsOverSaysNothingOfOneThatIsWell) {
  sample::Cluster cluster;
  cluster.deployment("cart");
  EXPECT_THAT(codes(cluster, {said("cart", kDenied)}), IsEmpty());
  EXPECT_THAT(codes(cluster, {said("cart", kDenied), said("cart", "serving", false)}), IsEmpty());
  EXPECT_THAT(codes(cluster, {said("cart", "serving"), said("cart", kDenied, false)}),
              ElementsAre("F1 Deployment/cart wrong-credentials"));
}

TEST(LogReasonsRule, AFaultThatIsKnownIsNotRenamed) {
  sample::Cluster cluster;
  cluster.deployment("cart", {.status = sample::kOutOfMemory});
  EXPECT_THAT(codes(cluster, {said("cart", kDenied)}), ElementsAre("F1 Deployment/cart out-of-memory"));
}

TEST(LogReasonsRule, AServersOwnLogTellsWhatItAnswersToOthers) {
  sample::Cluster cluster;
  server(cluster, "db", "mysql:8");
  EXPECT_THAT(codes(cluster, {said("db", kDenied, false)}), IsEmpty());
  sample::Cluster exporter;
  server(exporter, "db-exporter", "mysqld-exporter:1");
  EXPECT_THAT(codes(exporter, {said("db-exporter", kDenied, false)}),
              ElementsAre("F1 Deployment/db-exporter wrong-credentials"));
}

TEST(LogReasonsRule, AServerThatTakesNoWritesIsBlamedOnceForAllThatComplain) {
  struct Row {
    std::string_view line, image, fault;
  };
  constexpr Row kRows[] = {{kReadOnly, "mysql:8", "database-read-only"},
                           {kReadOnly, "mariadb:11", "database-read-only"},
                           {"cannot execute INSERT in a read-only transaction", "postgres:16", "database-read-only"},
                           {"READONLY You can't write against a read only replica.", "redis:7", "database-read-only"},
                           {"Error 1040: Too many connections", "percona:8", "connections-exhausted"},
                           {"sorry, too many clients already", "postgres:16", "connections-exhausted"},
                           {"ERR max number of clients reached", "valkey:8", "connections-exhausted"}};
  for (const Row& row : kRows) {
    sample::Cluster cluster;
    server(cluster, "db", row.image)
        .deployment("cart")
        .deployment("mail")
        .deployment("orders", {.status = sample::kCrashing});
    auto found =
        codes(cluster, {said("cart", row.line, false), said("mail", row.line, false), said("orders", row.line)});
    EXPECT_THAT(found, UnorderedElementsAre(
                           fmt::format("F1 Deployment/db {}", row.fault), "F2 Deployment/orders dependency-down <- F1",
                           "F3 Deployment/cart dependency-down <- F1", "F4 Deployment/mail dependency-down <- F1"))
        << row.line;
  }
}

TEST(LogReasonsRule, WhereTwoServersMayBeMeantNoneIsBlamed) {
  sample::Cluster cluster;
  server(server(cluster, "db-a", "mysql:8"), "db-b", "mysql:8").deployment("cart");
  EXPECT_THAT(codes(cluster, {said("cart", kReadOnly, false)}), ElementsAre("F1 Deployment/cart database-read-only"));
}

TEST(LogReasonsRule, AServerNamedAfterAnotherWorkloadIsNotMeant) {
  sample::Cluster cluster;
  server(server(cluster, "db", "mysql:8"), "wiki-mysql", "mysql:8").deployment("cart").deployment("wiki");
  EXPECT_THAT(codes(cluster, {said("cart", kReadOnly, false)}),
              ElementsAre("F1 Deployment/db database-read-only", "F2 Deployment/cart dependency-down <- F1"));
}

TEST(LogReasonsRule, AServerThatOnlyOthersAreConfiguredToCallIsNotMeant) {
  sample::Cluster cluster;
  server(server(cluster, "db-a", "mysql:8"), "db-b", "mysql:8").service("db-b", 3306).deployment("cart");
  cluster.deployment("mail", {.env = endpoint("DB", "mysql", "db-b", 3306)});
  EXPECT_THAT(codes(cluster, {said("cart", kReadOnly, false)}),
              ElementsAre("F1 Deployment/db-a database-read-only", "F2 Deployment/cart dependency-down <- F1"));
}

TEST(LogReasonsRule, AServerOfAnotherNamespaceIsNotMeant) {
  sample::Cluster cluster;
  cluster.deployment("db", {.project = "other", .more_container = R"(, "image": "mysql:8")"}).deployment("cart");
  EXPECT_THAT(codes(cluster, {said("cart", kReadOnly, false)}), ElementsAre("F1 Deployment/cart database-read-only"));
}

TEST(LogReasonsRule, AClientWhoseDatabaseIsDownDependsOnIt) {
  struct Row {
    std::string_view line, image;
  };
  constexpr Row kRows[] = {{kAway, "mysql:8"},
                           {"Is the server running on that host and accepting TCP/IP connections?", "postgres:16"},
                           {"MongoNetworkError: failed to connect to server", "mongo:7"},
                           {"Unable to connect to Redis", "redis:7"}};
  for (const Row& row : kRows) {
    sample::Cluster down = crashing();
    server(down, "db", row.image, sample::kCrashing);
    EXPECT_THAT(codes(down, {said("cart", row.line)}),
                ElementsAre("F1 Deployment/db crash", "F2 Deployment/cart dependency-down <- F1"))
        << row.line;
    sample::Cluster ready = crashing();
    server(ready, "db", row.image);
    EXPECT_THAT(codes(ready, {said("cart", row.line)}), ElementsAre("F1 Deployment/cart endpoint-port-mismatch"))
        << row.line;
    EXPECT_THAT(codes(crashing(), {said("cart", row.line)}), ElementsAre("F1 Deployment/cart crash"))
        << "nothing is known to answer there";
  }
}

TEST(LogReasonsRule, AServerThatIsDownIsNotBlamedWhereAnotherMayBeMeant) {
  sample::Cluster cluster = crashing();
  server(server(cluster, "db-a", "mysql:8", sample::kCrashing), "db-b", "mysql:8");
  EXPECT_THAT(codes(cluster, {said("cart", kAway)}),
              UnorderedElementsAre(HasSubstr("Deployment/cart crash"), HasSubstr("Deployment/db-a crash")));
}

TEST(LogReasonsRule, TheOneThatIsMeantIsReadyThoughAnotherIsDown) {
  sample::Cluster cluster = crashing();
  server(server(cluster, "db", "mysql:8"), "wiki-mysql", "mysql:8", sample::kCrashing).deployment("wiki");
  EXPECT_THAT(codes(cluster, {said("cart", kAway)}), Contains(HasSubstr("Deployment/cart endpoint-port-mismatch")));
}

TEST(LogReasonsRule, AnAddressThatCanBeJudgedIsJudgedByItself) {
  sample::Cluster cluster = crashing("cart", endpoint("DB", "mysql", "db", 3307));
  server(cluster, "db", "mysql:8").service("db", 3306);
  EXPECT_THAT(codes(cluster, {said("cart", kAway)}),
              ElementsAre("F1 Deployment/cart endpoint-port-mismatch", "F2 Deployment/cart crash <- F1"));
}

TEST(LogReasonsRule, CitesTheDnsSettingsOfThePod) {
  sample::Cluster cluster;
  cluster.deployment("cart", {.status = sample::kCrashing, .more_pod = R"(, "dnsPolicy": "None",
    "dnsConfig": {"nameservers": ["192.0.2.53"]})"});
  auto found = findings_of(cluster, {said("cart", "lookup db on 192.0.2.53:53: read udp: i/o timeout")});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fault, "dns-failure");
  EXPECT_TRUE(cites(found[0], "Deployment/cart spec.template.spec.dnsPolicy", "None"));
  EXPECT_TRUE(cites(found[0], "Deployment/cart spec.template.spec.dnsConfig.nameservers", "192.0.2.53"));
}

}  // namespace
}  // namespace ai_ops::diagnosis
