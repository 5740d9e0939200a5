#include "ai-ops/diagnosis/diagnose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/evidence_check.h"
#include "ai-ops/diagnosis/fault.h"
#include "ai-ops/diagnosis/sample_cluster.h"

namespace ai_ops::diagnosis {
namespace {

using Objects = sample::Cluster;
using sample::endpoint;
using sample::Runs;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Most tests go through here: every piece of evidence is looked up, and no rule may fail.
std::vector<Finding> findings_of(const Objects& cluster, std::vector<LogExcerpt> logs = {}) {
  Cluster graph(cluster.snapshot());
  Material material{&graph, std::move(logs), sample::kNow};
  auto [out, skipped] = examine(material);
  EXPECT_EQ(false_evidence(out, material), "");
  EXPECT_THAT(skipped, IsEmpty());
  for (const Finding& finding : out) EXPECT_NE(find_fault(finding.fault), nullptr) << finding.fault;
  return out;
}

std::string line(const Finding& f) {
  std::string causes;
  for (const std::string& id : f.causes) causes += " <- " + id;
  return fmt::format("{} {} {}: {}{}", f.id, to_string(f.severity), f.object.text(), f.title, causes);
}

std::vector<std::string> lines(const std::vector<Finding>& findings) {
  std::vector<std::string> out;
  for (const Finding& finding : findings) out.push_back(line(finding));
  return out;
}

LogExcerpt log(std::string pod, std::vector<LogLine> said, bool previous = true) {
  return {{"shop", std::move(pod), "app", previous}, std::move(said)};
}

bool has_evidence(const Finding& finding, EvidenceKind kind, std::string_view text) {
  return std::ranges::any_of(
      finding.evidence, [&](const Evidence& e) { return e.kind == kind && e.text.find(text) != std::string::npos; });
}

Objects shop() {
  Objects cluster;
  cluster.node("n1", "8").node("n2", "4");
  cluster.deployment("postgres").service("postgres", 5432);
  cluster.deployment("web", {.replicas = 3}).service("web", 80);
  return cluster;
}

Objects with_wrong_port() {
  Objects cluster = shop();
  cluster.deployment(
      "checkout",
      {.replicas = 3, .status = sample::kCrashing, .env = endpoint("DATABASE_URL", "postgres", "postgres.shop", 5433)});
  cluster.service("checkout", 8080);
  return cluster;
}

TEST(Diagnose, FindsNothingInAHealthyCluster) { EXPECT_THAT(findings_of(shop()), IsEmpty()); }

TEST(Diagnose, FindsNothingInAnEmptySnapshot) {
  EXPECT_THAT(findings_of(Objects()), IsEmpty());
  EXPECT_THAT(diagnose({}), IsEmpty());
}

TEST(Diagnose, LinksACrashToThePortThatTheServiceDoesNotListenOn) {
  EXPECT_THAT(
      lines(findings_of(with_wrong_port())),
      ElementsAre("F1 critical Deployment/checkout: crashes at start: DATABASE_URL points to postgres.shop:5433, the "
                  "Service listens on 5432",
                  "F2 critical Deployment/checkout: crashes at start: exit 1, 6 restarts <- F1"));
}

TEST(Diagnose, CitesTheTellingLogLine) {
  auto found = findings_of(
      with_wrong_port(), {log("checkout-5d9c-0", {"starting", "connect: connection refused 10.96.4.12:5433", "bye"})});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(has_evidence(found[1], EvidenceKind::log, "connect: connection refused 10.96.4.12:5433"));
  EXPECT_EQ(found[1].title.find("connect:"), std::string::npos) << "a log line is evidence, never a title";
}

TEST(Diagnose, DoesNotBlameAnEndpointWhenTheLogSpeaksOfSomethingElse) {
  auto found = findings_of(with_wrong_port(), {log("checkout-5d9c-0", {"panic: config file is missing"})});
  EXPECT_THAT(lines(found), ElementsAre("F1 critical Deployment/checkout: crashes at start: exit 1, 6 restarts",
                                        "F2 warning Deployment/checkout: DATABASE_URL points to postgres.shop:5433, "
                                        "the Service listens on 5432"));
}

TEST(Diagnose, UnderstandsEveryFormOfAServiceName) {
  for (std::string host : {"postgres", "postgres.shop", "postgres.shop.svc", "postgres.shop.svc.cluster.local",
                           "postgres.shop.svc.cluster.local.", "Postgres.Shop"}) {
    Objects cluster = shop();
    cluster.deployment("checkout", {.status = sample::kCrashing, .env = endpoint("DB", "postgres", host, 5433)});
    auto found = findings_of(cluster);
    ASSERT_EQ(found.size(), 2u) << host;
    EXPECT_THAT(found[0].title, HasSubstr("the Service listens on 5432")) << host;
  }
}

TEST(Diagnose, LeavesHostsAloneThatAreNotOursToJudge) {
  for (std::string host : {"10.0.0.1", "localhost", "db.example.com", "postgres.elsewhere", "postgres.elsewhere.svc",
                           "fd00::1", "postgres-0.postgres"}) {
    Objects cluster = shop();
    cluster.deployment("checkout", {.status = sample::kCrashing, .env = endpoint("DB", "postgres", host, 5433)});
    EXPECT_EQ(findings_of(cluster).size(), 1u) << host;
  }
}

TEST(Diagnose, NamesAServiceThatIsNotThere) {
  Objects cluster = shop();
  cluster.deployment("checkout",
                     {.status = sample::kCrashing, .env = endpoint("DB", "postgres", "orders-db.shop", 5432)});
  auto found = findings_of(cluster);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].title,
            "crashes at start: DB points to orders-db.shop:5432, there is no Service orders-db in shop");
}

TEST(Diagnose, ANameThatSomethingElseMayAnswerToIsNoFindingOfItsOwn) {
  Objects cluster = shop();
  cluster.deployment("cart", {.env = endpoint("STORE", "https", "mystore.shop", 443)});  // .shop is a public domain too
  EXPECT_THAT(findings_of(cluster), IsEmpty());
}

TEST(Diagnose, AFullNameWithoutAServiceIsAWarningEvenIfAllRuns) {
  Objects cluster = shop();
  cluster.deployment("cart", {.env = endpoint("STORE", "http", "store.shop.svc.cluster.local", 80)});
  EXPECT_THAT(lines(findings_of(cluster)),
              ElementsAre("F1 warning Deployment/cart: STORE points to "
                          "store.shop.svc.cluster.local:80, there is no Service store in shop"));
}

TEST(Diagnose, TakesTheSchemesPortWhereAUrlNamesNone) {
  Objects cluster = shop();
  cluster.service("api", 8080).deployment("api");
  cluster.deployment("cart",
                     {.status = sample::kCrashing,
                      .env = R"({"name": "API", "fact": {"type": "endpoint", "scheme": "http", "host": "api"}})"});
  EXPECT_THAT(findings_of(cluster)[0].title, HasSubstr("API points to api:80, the Service listens on 8080"));
}

TEST(Diagnose, ReadsEndpointsInArguments) {
  Objects cluster = shop();
  cluster.deployment("cart",
                     {.status = sample::kCrashing, .more_container = R"(, "args": [{"type": "word", "value": "serve"},
                        {"type": "endpoint", "scheme": "http", "host": "postgres", "port": 1}])"});
  EXPECT_THAT(findings_of(cluster)[0].title, HasSubstr("its argument 2 points to postgres:1"));
}

TEST(Diagnose, AHeadlessServiceDoesNotBindPorts) {
  Objects cluster;
  cluster.deployment("db").service("db", 5432, R"(, "clusterIP": "None")");
  cluster.deployment("cart", {.status = sample::kCrashing, .env = endpoint("DB", "postgres", "db", 5433)});
  EXPECT_THAT(lines(findings_of(cluster)),
              ElementsAre("F1 critical Deployment/cart: crashes at start: exit 1, 6 restarts"));
}

TEST(Diagnose, BlamesTheServiceWithNothingReadyAndWhatMakesItSo) {
  Objects cluster = with_wrong_port();
  cluster.deployment("cart", {.status = sample::kNotReady, .env = endpoint("CHECKOUT", "http", "checkout", 8080)});
  auto found = findings_of(cluster);
  EXPECT_THAT(lines(found),
              ElementsAre(HasSubstr("F1 critical Deployment/checkout: crashes at start: DATABASE_URL"),
                          HasSubstr("F2 critical Deployment/checkout: crashes at start: exit 1, 6 restarts <- F1"),
                          "F3 critical Deployment/cart: runs but is not ready: CHECKOUT points to checkout:8080, which "
                          "has no ready pod <- F2",
                          "F4 critical Deployment/cart: runs but is not ready <- F3"));
}

TEST(Diagnose, DoesNotInventSufferingOfAWorkloadThatLooksWell) {
  Objects cluster = with_wrong_port();
  cluster.deployment("cart", {.env = endpoint("CHECKOUT", "http", "checkout", 8080)});
  EXPECT_EQ(findings_of(cluster).size(), 2u);
  EXPECT_EQ(findings_of(cluster, {log("cart-5d9c-0", {"GET /cart 200", "calling checkout"}, false)}).size(), 2u);
}

TEST(Diagnose, BelievesTheLogOfAWorkloadThatSuffers) {
  Objects cluster = with_wrong_port();
  cluster.deployment("cart", {.env = endpoint("CHECKOUT", "http", "checkout", 8080)});
  auto found = findings_of(cluster, {log("cart-5d9c-0", {"POST http://checkout:8080/pay failed: 503"}, false)});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(line(found[2]), "F3 warning Deployment/cart: calls checkout, which is not ready <- F2");
}

TEST(Diagnose, SaysThatADependencyIsScaledToZero) {
  Objects cluster;
  cluster.deployment("queue", {.replicas = 0}).service("queue", 5672);
  cluster.deployment("worker", {.status = sample::kCrashing, .env = endpoint("QUEUE", "amqp", "queue", 5672)});
  auto found = findings_of(cluster);
  EXPECT_EQ(line(found[0]), "F1 critical Deployment/queue: is scaled to 0: worker calls Service queue");
  EXPECT_THAT(found[1].title, HasSubstr("QUEUE points to queue:5672, and Deployment queue is scaled to 0"));
  EXPECT_THAT(found[1].causes, ElementsAre("F1"));
}

TEST(Diagnose, TwoThatWaitForEachOtherMakeNoCycle) {
  Objects cluster;
  cluster.deployment("a", {.status = sample::kNotReady, .env = endpoint("B", "http", "b", 80)}).service("a", 80);
  cluster.deployment("b", {.status = sample::kNotReady, .env = endpoint("A", "http", "a", 80)}).service("b", 80);
  auto found = findings_of(cluster);
  EXPECT_EQ(found.size(), 4u);
  std::set<std::string> seen;
  for (const Finding& finding : found) {
    for (const std::string& cause : finding.causes) EXPECT_TRUE(seen.contains(cause)) << line(finding);
    seen.insert(finding.id);
  }
}

TEST(Diagnose, ComputesWhatNoNodeCanGive) {
  Objects cluster = shop();
  cluster.deployment("report", {.status = sample::kUnschedulable, .resources = R"({"requests": {"cpu": "64"}})"});
  auto found = findings_of(cluster);
  EXPECT_THAT(lines(found), ElementsAre("F1 critical Deployment/report: asks for 64 CPU, the largest node has 8"));
  EXPECT_TRUE(has_evidence(found[0], EvidenceKind::field, "64"));
  EXPECT_TRUE(has_evidence(found[0], EvidenceKind::field, "8"));
}

TEST(Diagnose, ComparesMemoryAndOtherResourcesToo) {
  Objects memory = shop(), gpu = shop();
  memory.deployment("big", {.status = sample::kUnschedulable, .resources = R"({"requests": {"memory": "64Gi"}})"});
  gpu.deployment("ml", {.status = sample::kUnschedulable, .resources = R"({"requests": {"nvidia.com/gpu": "1"}})"});
  EXPECT_EQ(findings_of(memory)[0].title, "asks for 64Gi of memory, the largest node has 16Gi");
  EXPECT_EQ(findings_of(gpu)[0].title, "asks for 1 nvidia.com/gpu, no node has any");
}

TEST(Diagnose, QuotesTheSchedulerWhenTheRequestWouldFit) {
  Objects cluster = shop();
  cluster.deployment("report", {.status = sample::kUnschedulable, .resources = R"({"requests": {"cpu": "500m"}})"});
  EXPECT_EQ(findings_of(cluster)[0].title,
            "cannot be scheduled: the nodes that it may run on have a taint that it does not tolerate; "
            "0/2 nodes are available: 2 node(s) had untolerated taint {spot: true}.");
}

TEST(Diagnose, QuotesTheSchedulerWhenNodesAreNotOursToSee) {
  Objects cluster;
  cluster.deployment("report", {.status = sample::kUnschedulable, .resources = R"({"requests": {"cpu": "64"}})"});
  EXPECT_THAT(findings_of(cluster)[0].title, HasSubstr("0/2 nodes are available: 2 node(s) had untolerated"));
}

TEST(Diagnose, NamesTheMemoryLimitOfAnOutOfMemoryKill) {
  Objects cluster = shop();
  cluster.deployment("cache", {.replicas = 2,
                               .status = sample::kOutOfMemory,
                               .env = endpoint("DB", "postgres", "postgres", 1),
                               .resources = R"({"limits": {"memory": "64Mi"}})"});
  auto found = findings_of(cluster);
  EXPECT_EQ(line(found[0]), "F1 critical Deployment/cache: runs out of memory: its limit is 64Mi")
      << "and the wrong port does not explain it";
  EXPECT_TRUE(has_evidence(found[0], EvidenceKind::field, "64Mi"));
  EXPECT_TRUE(has_evidence(found[0], EvidenceKind::field, "OOMKilled"));
}

TEST(Diagnose, NamesTheImageThatCannotBePulled) {
  for (std::string reason : {"ImagePullBackOff", "ErrImagePull"}) {
    Objects cluster = shop();
    std::string status = sample::waiting(reason, "Back-off pulling image");
    cluster.deployment("api", {.status = status});
    EXPECT_THAT(lines(findings_of(cluster)),
                ElementsAre("F1 critical Deployment/api: its image cannot be pulled: shop/api:1"));
  }
}

TEST(Diagnose, QuotesWhatConfigurationIsMissing) {
  Objects cluster = shop();
  std::string status = sample::waiting("CreateContainerConfigError", "secret db-password not found");
  cluster.deployment("api", {.status = status});
  EXPECT_EQ(findings_of(cluster)[0].title, "its configuration is incomplete: secret db-password not found");
}

TEST(Diagnose, ACreatingContainerIsFineUntilAnEventSaysOtherwise) {
  Objects cluster = shop();
  std::string status = sample::waiting("ContainerCreating", "");
  cluster.deployment("api", {.status = status});
  EXPECT_THAT(findings_of(cluster), IsEmpty());
  cluster.event("e1", "api-5d9c-0", "FailedMount", "configmap api-config not found");
  EXPECT_EQ(findings_of(cluster)[0].title, "a volume cannot be mounted: configmap api-config not found");
}

TEST(Diagnose, TellsAKillByTheLivenessProbe) {
  Objects cluster = shop();
  cluster.deployment("api", {.status = sample::kCrashing});
  cluster.event("e1", "api-5d9c-0", "Killing", "Container app failed liveness probe, will be restarted");
  auto found = findings_of(cluster);
  EXPECT_EQ(found[0].title, "is killed by its liveness probe: exit 1, 6 restarts");
  EXPECT_TRUE(has_evidence(found[0], EvidenceKind::event, "failed liveness probe"));
}

TEST(Diagnose, TellsAFailingReadinessProbe) {
  Objects cluster = shop();
  cluster.deployment("api", {.replicas = 2, .status = sample::kNotReady});
  cluster.event("e1", "api-5d9c-0", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503");
  EXPECT_EQ(line(findings_of(cluster)[0]),
            "F1 critical Deployment/api: runs but its readiness probe fails: HTTP probe failed with statuscode: 503");
}

TEST(Diagnose, GivesAPodTimeToBecomeReady) {
  std::string starting = R"({"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}],
    "containerStatuses": [{"name": "app", "ready": false, "restartCount": 0,
      "state": {"running": {"startedAt": "2026-01-02T11:59:30Z"}}}]})";
  Objects cluster = shop();
  cluster.deployment("api", {.status = starting});
  EXPECT_THAT(findings_of(cluster), IsEmpty());
}

TEST(Diagnose, ARolloutWithinItsDeadlineIsNotCritical) {
  std::string rolling = R"([{"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"},
    {"type": "Available", "status": "False", "lastTransitionTime": "2026-01-02T11:00:00Z"}])";
  Objects quiet = shop(), failing = shop();
  quiet.deployment("api", {.status = sample::kNotReady, .conditions = rolling});
  EXPECT_THAT(findings_of(quiet), IsEmpty());
  failing.deployment("api", {.status = sample::kNotReady, .conditions = rolling});
  failing.event("e1", "api-5d9c-0", "Unhealthy", "Readiness probe failed: connection refused");
  auto found = findings_of(failing);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].severity, Severity::warning);
}

TEST(Diagnose, TellsARolloutOverItsDeadline) {
  Objects cluster = shop();
  cluster.deployment("api", {.replicas = 0, .conditions = R"([{"type": "Progressing", "status": "False",
    "reason": "ProgressDeadlineExceeded", "message": "ReplicaSet api-5d9c has timed out progressing."}])"});
  EXPECT_THAT(findings_of(cluster), IsEmpty()) << "scaled to zero, it is as it should be";
  cluster.deployment(
      "late",
      {.replicas = 1, .status = R"({"phase": "Running"})", .conditions = R"([{"type": "Progressing", "status": "False",
    "reason": "ProgressDeadlineExceeded", "message": "ReplicaSet late-5d9c has timed out progressing."}])"});
  EXPECT_THAT(lines(findings_of(cluster)), ElementsAre("F1 critical Deployment/late: its rollout does not progress: "
                                                       "ReplicaSet late-5d9c has timed out progressing."));
}

TEST(Diagnose, TellsPodsThatCannotBeCreated) {
  Objects cluster = shop();
  cluster.deployment("api", {.conditions = R"([{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate",
    "message": "exceeded quota: compute"}])"});
  EXPECT_EQ(findings_of(cluster)[0].title, "its pods cannot be created: exceeded quota: compute");
}

TEST(Diagnose, ForgetsCrashesThatAreOver) {
  std::string healed = R"({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
    "containerStatuses": [{"name": "app", "ready": true, "restartCount": 7,
      "state": {"running": {"startedAt": "2026-01-02T11:50:00Z"}},
      "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled",
        "startedAt": "2026-01-02T11:49:50Z", "finishedAt": "2026-01-02T11:49:58Z"}}}]})";
  Objects cluster = shop();
  cluster.deployment("api", {.status = healed});
  EXPECT_THAT(findings_of(cluster), IsEmpty());
}

TEST(Diagnose, SeesACrashLoopBetweenTwoCrashes) {
  std::string between = R"({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
    "containerStatuses": [{"name": "app", "ready": true, "restartCount": 7,
      "state": {"running": {"startedAt": "2026-01-02T11:59:59Z"}},
      "lastState": {"terminated": {"exitCode": 1, "startedAt": "2026-01-02T11:59:00Z", "finishedAt": "2026-01-02T11:59:04Z"}}}]})";
  Objects cluster = shop();
  cluster.deployment("api", {.status = between});
  EXPECT_THAT(lines(findings_of(cluster)), ElementsAre(HasSubstr("crashes at start: exit 1, 7 restarts")));
}

TEST(Diagnose, IgnoresPodsThatARolloutLeavesBehind) {
  Objects cluster = shop();
  cluster.deployment("api", {.status = sample::kCrashing});
  cluster.add(R"({"kind": "ReplicaSet", "metadata": {"name": "api-5d9c", "namespace": "shop",
    "ownerReferences": [{"kind": "Deployment", "name": "api", "controller": true}]}, "spec": {"replicas": 0}})");
  EXPECT_THAT(findings_of(cluster), IsEmpty());
}

TEST(Diagnose, CompletedAndMadeGoodJobsAreFine) {
  auto job = [](std::string_view name, std::string_view type, std::string_view created) {
    return fmt::format(R"({{"kind": "Job", "metadata": {{"name": "{}", "namespace": "shop", "creationTimestamp": "{}",
      "ownerReferences": [{{"kind": "CronJob", "name": "backup", "controller": true}}]}},
      "status": {{"conditions": [{{"type": "{}", "status": "True", "reason": "BackoffLimitExceeded"}}]}}}})",
                       name, created, type);
  };
  Objects cluster = shop();
  cluster.add(
      R"({"kind": "CronJob", "metadata": {"name": "backup", "namespace": "shop"}, "spec": {"schedule": "0 * * * *"}})");
  cluster.add(R"({"kind": "Pod", "metadata": {"name": "done", "namespace": "shop"}, "status": {"phase": "Succeeded",
    "containerStatuses": [{"name": "app", "state": {"terminated": {"exitCode": 0}}}]}})");
  cluster.add(job("backup-1", "Failed", "2026-01-02T10:00:00Z"));
  EXPECT_THAT(lines(findings_of(cluster)),
              ElementsAre("F1 warning CronJob/backup: its job failed: BackoffLimitExceeded"));
  cluster.add(job("backup-2", "Complete", "2026-01-02T11:00:00Z"));
  EXPECT_THAT(findings_of(cluster), IsEmpty());
}

TEST(Diagnose, APartlyServingWorkloadIsAWarning) {
  Objects cluster = shop();
  cluster.deployment("api", {.replicas = 2});
  cluster.add(R"({"kind": "Pod", "metadata": {"name": "api-5d9c-1", "namespace": "shop", "labels": {"app": "api"},
    "ownerReferences": [{"kind": "ReplicaSet", "name": "api-5d9c", "controller": true}]}, "status": )" +
              std::string(sample::kCrashing) + "}");
  EXPECT_EQ(findings_of(cluster)[0].severity, Severity::warning);
}

TEST(Diagnose, CleansWhatAClusterSays) {
  Objects cluster = shop();
  std::string status =
      sample::waiting("CreateContainerConfigError", "a\\u202e\\u001b[31mb\\nc" + std::string(900, 'x'));
  cluster.deployment("api", {.status = status});
  Cluster graph(cluster.snapshot());
  std::string title = diagnose({&graph, {}, sample::kNow})[0].title;
  EXPECT_THAT(title, HasSubstr("a[31mb c"));
  EXPECT_LE(title.size(), 300u);
}

TEST(Diagnose, SurvivesObjectsOfAnyShape) {
  for (
      std::string status :
      {"null", "[]", "7", R"({"containerStatuses": 5})", R"({"containerStatuses": [null, {}, []]})",
       R"({"containerStatuses": [{"state": {"waiting": {"reason": 3}}, "restartCount": "x"}]})",
       R"({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]})"}) {
    Objects cluster = shop();
    cluster.deployment(
        "api", {.status = status, .env = "null, {}, {\"fact\": 3}", .resources = R"({"requests": {"cpu": []}})"});
    cluster.add(R"({"kind": "Service", "metadata": {"name": "odd", "namespace": "shop"}, "spec": {"ports": [null]}})");
    cluster.add(R"({"kind": "Event", "metadata": {"name": "odd", "namespace": "shop"}})");
    findings_of(cluster);
  }
}

TEST(LogsWanted, AsksForTheLastRunOfWhatCrashesAndForThoseThatCallIt) {
  Objects cluster = with_wrong_port();
  cluster.deployment("cart", {.env = endpoint("CHECKOUT", "http", "checkout", 8080)});
  EXPECT_THAT(logs_wanted(Cluster(cluster.snapshot())), ElementsAre(LogWanted{"shop", "checkout-5d9c-0", "app", true},
                                                                    LogWanted{"shop", "cart-5d9c-0", "app", false}));
  EXPECT_THAT(logs_wanted(Cluster(cluster.snapshot()), {"Deployment", "shop", "web", ""}), IsEmpty());
  EXPECT_EQ(logs_wanted(Cluster(cluster.snapshot()), {"Pod", "shop", "checkout-5d9c-1", ""}).size(), 1u);
}

TEST(LogsWanted, IsBounded) {
  Objects cluster;
  for (int i = 0; i < 20; ++i) cluster.deployment(fmt::format("w{}", i), {.status = sample::kCrashing});
  EXPECT_EQ(logs_wanted(Cluster(cluster.snapshot())).size(), kMaxLogsWanted);
}

TEST(About, KeepsTheObjectItsPodsAndItsCauses) {
  Objects cluster = with_wrong_port();
  cluster.deployment("cart", {.status = sample::kNotReady, .env = endpoint("CHECKOUT", "http", "checkout", 8080)});
  cluster.deployment("zebra", {.status = sample::kCrashing});
  auto all = findings_of(cluster);
  EXPECT_EQ(about(all, {"Deployment", "shop", "cart", ""}).size(), 4u);
  EXPECT_EQ(about(all, {"Deployment", "shop", "checkout", ""}).size(), 2u);
  EXPECT_EQ(about(all, {"Pod", "shop", "checkout-5d9c-0", ""}).size(), 2u);
  EXPECT_THAT(about(all, {"Deployment", "shop", "web", ""}), IsEmpty());
  EXPECT_THAT(about(all, {"Deployment", "other", "cart", ""}), IsEmpty());
}

TEST(WorkloadBehind, IsTheOwnerOfAPodAndWhatAServiceSelects) {
  Objects cluster = shop();
  Cluster graph(cluster.snapshot());
  EXPECT_EQ(workload_behind(graph, {"Pod", "shop", "web-5d9c-0", ""}).text(), "Deployment/web");
  EXPECT_EQ(workload_behind(graph, {"Service", "shop", "web", ""}).text(), "Deployment/web");
  EXPECT_EQ(workload_behind(graph, {"Node", "", "n1", ""}).text(), "Node/n1");
  EXPECT_EQ(workload_behind(graph, {"Pod", "shop", "gone", ""}).text(), "Pod/gone");
}

TEST(ToJson, HasTheMembersOfTheContract) {
  Finding finding{"F1",   Severity::critical, {"Node", "", "n1", "u"}, "t", {{"E1", EvidenceKind::log, "r", "x"}},
                  {"F2"}, "out-of-memory"};
  EXPECT_EQ(foundation::json::to_text(to_json(finding)),
            R"({"id":"F1","severity":"critical","fault":"out-of-memory",)"
            R"("object":{"project":null,"kind":"Node","name":"n1"},"title":"t",)"
            R"("evidence":[{"id":"E1","kind":"log","ref":"r","text":"x"}],"causes":["F2"],)"
            R"("check":"Memory use against the limit until it is killed."})");
}

TEST(Findings, NameAnOperationOnlyWhereItActsOnTheObject) {
  auto operation_of = [](std::string kind) {
    Finding finding;
    finding.object.kind = std::move(kind);
    finding.fault = "out-of-memory";
    auto json = to_json(finding);
    return json.contains("operation") ? std::string(json.at("operation").as_string()) : std::string();
  };
  EXPECT_EQ(operation_of("Deployment"), "set-resources");
  EXPECT_EQ(operation_of("Pod"), "");
  for (const Fault& fault : faults())
    EXPECT_TRUE(fault.operation.empty() || acts_on(fault.operation, "Deployment")) << fault.code;
}

// contracts/events.schema.json has the same pattern.
TEST(Faults, EachCodeIsOnceInTheCatalogueAndAWordOfTheContract) {
  std::set<std::string_view> codes;
  for (const Fault& fault : faults()) {
    EXPECT_TRUE(codes.insert(fault.code).second) << fault.code;
    EXPECT_EQ(fault.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos);
    EXPECT_TRUE(fault.check.ends_with('.')) << fault.code;
  }
}

}  // namespace
}  // namespace ai_ops::diagnosis
