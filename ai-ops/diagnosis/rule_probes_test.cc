#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::cites;
using sample::findings_of;
using sample::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kPod = "api-5d9c-0";

std::string status(std::string_view ready, std::string_view container) {
  return fmt::format(R"({{"phase": "Running",
    "conditions": [{{"type": "PodScheduled", "status": "True"}},
                   {{"type": "Ready", "status": "{}", "lastTransitionTime": "2026-01-02T11:30:00Z"}}],
    "containerStatuses": [{{"name": "app", {}}}]}})",
                     ready, container);
}

// Killed for the third time 20 s ago, after a run of 40 s; it runs again.
std::string killed_again(std::string_view ready = "True", std::string_view since = "11:59:40") {
  return status(ready, fmt::format(R"("ready": {}, "restartCount": 3, "state": {{"running": {{"startedAt":
    "2026-01-02T{}Z"}}}}, "lastState": {{"terminated": {{"exitCode": 137, "reason": "Error",
    "startedAt": "2026-01-02T11:59:00Z", "finishedAt": "2026-01-02T11:59:40Z"}}}})",
                                   ready == "True" ? "true" : "false", since));
}

std::string backs_off() {
  return status("False", R"("ready": false, "restartCount": 5, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
    "lastState": {"terminated": {"exitCode": 137, "reason": "Error", "startedAt": "2026-01-02T11:59:00Z",
    "finishedAt": "2026-01-02T11:59:40Z"}})");
}

std::string not_ready(std::string_view since = "11:30:00") {
  return status("False", fmt::format(R"("ready": false, "restartCount": 0, "state": {{"running": {{"startedAt":
    "2026-01-02T{}Z"}}}})",
                                     since));
}

std::string ready(std::int64_t restarts = 0) {
  return status("True", fmt::format(R"("ready": true, "restartCount": {}, "state": {{"running": {{"startedAt":
    "2026-01-02T11:30:00Z"}}}}, "lastState": {{"terminated": {{"exitCode": 137, "reason": "Error",
    "startedAt": "2026-01-02T11:29:20Z", "finishedAt": "2026-01-02T11:29:59Z"}}}})",
                                    restarts));
}

constexpr std::string_view kPorts = R"(, "ports": [{"containerPort": 8080, "name": "main"}])";

struct Api {
  std::string status;
  std::string probes;  // members, beginning with a comma
  std::string unhealthy = {};
  bool is_killed = false;
  std::string_view ports = kPorts;
  int replicas = 1;
  std::string more_pod = {};
};

sample::Cluster api(const Api& it) {
  sample::Cluster cluster;
  cluster.node("n1", "8");
  cluster.deployment("api", {.replicas = it.replicas,
                             .status = it.status,
                             .more_container = std::string(it.ports) + it.probes,
                             .more_pod = it.more_pod});
  if (!it.unhealthy.empty()) cluster.event("e1", kPod, "Unhealthy", it.unhealthy, "2026-01-02T11:59:58Z");
  if (it.is_killed)
    cluster.event("e2", kPod, "Killing", "Container app failed liveness probe, will be restarted",
                  "2026-01-02T11:59:39Z");
  return cluster;
}

std::string http(std::string_view kind, int port, std::string_view more = "") {
  return fmt::format(R"(, "{}Probe": {{"httpGet": {{"path": "/", "port": {}}}{}}})", kind, port, more);
}
std::string grpc(std::string_view kind, int port, std::string_view more = "") {
  return fmt::format(R"(, "{}Probe": {{"grpc": {{"port": {}}}{}}})", kind, port, more);
}
std::string tcp(std::string_view kind, std::string_view port) {
  return fmt::format(R"(, "{}Probe": {{"tcpSocket": {{"port": {}}}}})", kind, port);
}

const std::string kRefused = R"(Get \"http://10.1.2.3:9090/\": dial tcp 10.1.2.3:9090: connect: connection refused)";
const std::string kLate =
    R"(Get \"http://10.1.2.3:8080/\": context deadline exceeded (Client.Timeout exceeded while awaiting headers))";
const std::string kNoContact =
    R"(timeout: failed to connect service \"10.1.2.3:8080\" within 1s: context deadline exceeded)";
const std::string kMalformed =
    R"(Get \"http://10.1.2.3:8080/\": net/http: HTTP/1.x transport connection broken: malformed HTTP response)";

// ---- liveness-port-mismatch

TEST(Probes, TellsALivenessProbeOfAPortThatIsNotDeclared) {
  auto cluster = api({.status = killed_again(),
                      .probes = http("liveness", 9090) + http("readiness", 8080),
                      .unhealthy = "Liveness probe failed: " + kRefused,
                      .is_killed = true});
  auto found = findings_of(cluster);
  EXPECT_THAT(told(cluster),
              ElementsAre("critical Deployment/api liveness-port-mismatch: is killed by its liveness probe: "
                          "it asks port 9090, the container declares 8080 (main)"));
  EXPECT_TRUE(cites(found[0], "Pod/api-5d9c-0 spec.containers[0].livenessProbe.httpGet.port", "9090"));
  EXPECT_TRUE(cites(found[0], "Pod/api-5d9c-0 spec.containers[0].ports[0].containerPort", "8080"));
  EXPECT_TRUE(cites(found[0], "Event e1"));
  EXPECT_TRUE(cites(found[0], "Event e2"));
}

TEST(Probes, AContainerThatBacksOffIsKilledAsWell) {
  EXPECT_THAT(told(api({.status = backs_off(),
                        .probes = http("liveness", 9090),
                        .unhealthy = "Liveness probe failed: " + kRefused,
                        .is_killed = true})),
              ElementsAre(HasSubstr("liveness-port-mismatch: is killed by its liveness probe: it asks port 9090")));
}

TEST(Probes, AGrpcProbeThatFindsNobodyOnAnUndeclaredPortHasTheWrongPort) {
  EXPECT_THAT(told(api({.status = killed_again(),
                        .probes = grpc("liveness", 8081) + grpc("readiness", 8080),
                        .unhealthy = "Liveness probe failed: " + kNoContact,
                        .is_killed = true})),
              ElementsAre(HasSubstr("liveness-port-mismatch")));
}

TEST(Probes, TellsALivenessProbeOfANameThatNoPortHas) {
  EXPECT_THAT(told(api({.status = killed_again(),
                        .probes = tcp("liveness", R"("http")"),
                        .unhealthy = "Liveness probe failed: connection refused",
                        .is_killed = true})),
              ElementsAre(HasSubstr("liveness-port-mismatch: is killed by its liveness probe: it asks port \"http\", "
                                    "the container declares 8080 (main)")));
}

TEST(Probes, NothingOnADeclaredPortIsAWrongPortOnlyWhileAnotherServes) {
  constexpr std::string_view kTwo = R"(, "ports": [{"containerPort": 8080}, {"containerPort": 9090}])";
  EXPECT_THAT(told(api({.status = killed_again(),
                        .probes = http("liveness", 9090) + http("readiness", 8080),
                        .unhealthy = "Liveness probe failed: " + kRefused,
                        .is_killed = true,
                        .ports = kTwo})),
              ElementsAre(HasSubstr("nothing listens on port 9090, its readiness probe is well on port 8080")));
  auto nobody = api({.status = killed_again("False"),
                     .probes = http("liveness", 9090) + http("readiness", 8080),
                     .unhealthy = "Liveness probe failed: " + kRefused,
                     .is_killed = true,
                     .ports = kTwo});
  nobody.event("e3", kPod, "Unhealthy", "Readiness probe failed: connect: connection refused", "2026-01-02T11:59:57Z");
  EXPECT_THAT(told(nobody), ElementsAre(HasSubstr("liveness-failed"))) << "the program is away on both";
}

TEST(Probes, AnAnswerOnAnUndeclaredPortIsNoWrongPort) {
  EXPECT_THAT(told(api({.status = killed_again(),
                        .probes = http("liveness", 9090),
                        .unhealthy = "Liveness probe failed: HTTP probe failed with statuscode: 503",
                        .is_killed = true})),
              ElementsAre(HasSubstr("liveness-failed: is killed by its liveness probe: HTTP probe failed with "
                                    "statuscode: 503, 3 restarts")));
}

TEST(Probes, AProbeThatWorkedForLongHasTheRightPort) {
  std::string hung = status("False", R"("ready": false, "restartCount": 2,
    "state": {"running": {"startedAt": "2026-01-02T11:59:40Z"}}, "lastState": {"terminated": {"exitCode": 137,
    "reason": "Error", "startedAt": "2026-01-02T11:52:00Z", "finishedAt": "2026-01-02T11:59:40Z"}})");
  EXPECT_THAT(told(api({.status = hung,
                        .probes = http("liveness", 9090),
                        .unhealthy = "Liveness probe failed: " + kRefused,
                        .is_killed = true})),
              ElementsAre(HasSubstr("liveness-failed")));
}

TEST(Probes, AMeshsOwnPortIsNoneOfTheContainers) {
  EXPECT_THAT(told(api({.status = killed_again(),
                        .probes = R"(, "livenessProbe": {"httpGet": {"path": "/app-health/app/livez", "port": 15020}})",
                        .unhealthy = "Liveness probe failed: HTTP probe failed with statuscode: 500",
                        .is_killed = true})),
              ElementsAre(HasSubstr("liveness-failed")));
}

TEST(Probes, TellsAProbeThatIsGoingToKill) {
  std::string runs = R"(, "restartCount": 0, "state": {"running": {"startedAt": "2026-01-02T11:59:35Z"}})";
  auto starting = api({.status = status("True", R"("ready": true)" + runs), .probes = http("liveness", 9090)});
  std::string event = R"({"kind": "Event", "metadata": {"name": "e1", "namespace": "shop"}, "involvedObject":
    {"kind": "Pod", "namespace": "shop", "name": "api-5d9c-0"}, "reason": "Unhealthy", "message":
    "Liveness probe failed: connection refused", "count": 2, "lastTimestamp": ")";
  auto quiet = api({.status = status("True", R"("ready": true)" + runs), .probes = http("liveness", 9090, R"(,
    "periodSeconds": 1, "failureThreshold": 60)")});
  auto unready = api({.status = status("False", R"("ready": false)" + runs), .probes = http("liveness", 9090)});
  starting.add(event + R"(2026-01-02T11:59:58Z"})");
  quiet.add(event + R"(2026-01-02T11:59:20Z"})");
  unready.add(event + R"(2026-01-02T11:59:58Z"})");
  EXPECT_THAT(told(starting),
              ElementsAre(StartsWith("warning Deployment/api liveness-port-mismatch: its liveness probe "
                                     "fails and will have it killed")));
  EXPECT_THAT(told(quiet), IsEmpty()) << "it succeeded since";
  EXPECT_THAT(told(unready), IsEmpty()) << "it may still be starting";
}

TEST(Probes, AContainerThatOutlivedItsKillsIsFine) {
  EXPECT_THAT(told(api({.status = ready(3),
                        .probes = http("liveness", 9090),
                        .unhealthy = "Liveness probe failed: " + kRefused,
                        .is_killed = true})),
              IsEmpty());
}

TEST(Probes, OneKillMayHaveBeenAMishap) {
  std::string once = status("True", R"("ready": true, "restartCount": 1,
    "state": {"running": {"startedAt": "2026-01-02T11:59:59Z"}}, "lastState": {"terminated": {"exitCode": 137,
    "startedAt": "2026-01-02T11:59:00Z", "finishedAt": "2026-01-02T11:59:40Z"}})");
  EXPECT_THAT(told(api({.status = once,
                        .probes = http("liveness", 9090),
                        .unhealthy = "Liveness probe failed: " + kRefused,
                        .is_killed = true})),
              IsEmpty());
}

// ---- liveness-protocol-mismatch

TEST(Probes, TellsHttpThatIsAskedOfGrpc) {
  auto cluster = api({.status = killed_again(),
                      .probes = http("liveness", 8080) + grpc("readiness", 8080),
                      .unhealthy = "Liveness probe failed: " + kMalformed,
                      .is_killed = true});
  EXPECT_THAT(told(cluster),
              ElementsAre(HasSubstr("liveness-protocol-mismatch: is killed by its liveness probe: it asks "
                                    "HTTP of port 8080, which by its readiness probe speaks gRPC")));
  EXPECT_TRUE(cites(findings_of(cluster)[0], "Pod/api-5d9c-0 spec.containers[0].readinessProbe"));
}

TEST(Probes, TellsGrpcThatIsAskedOfHttp) {
  EXPECT_THAT(told(api({.status = killed_again(),
                        .probes = grpc("liveness", 8080) + http("readiness", 8080),
                        .unhealthy = "Liveness probe failed: " + kNoContact,
                        .is_killed = true})),
              ElementsAre(HasSubstr("liveness-protocol-mismatch")));
}

TEST(Probes, BelievesThePortsNameWhereTheConnectionIsCutOff) {
  for (std::string name : {"grpc", "grpc-api", "redis", "tcp-main"}) {
    std::string ports = fmt::format(R"(, "ports": [{{"containerPort": 8080, "name": "{}"}}])", name);
    EXPECT_THAT(told(api({.status = killed_again(),
                          .probes = http("liveness", 8080),
                          .unhealthy = "Liveness probe failed: read tcp 10.1.2.3:8080: read: connection reset by peer",
                          .is_killed = true,
                          .ports = ports})),
                ElementsAre(HasSubstr("liveness-protocol-mismatch")))
        << name;
  }
}

TEST(Probes, BelievesTheServicesNameOfThePort) {
  auto cluster = api({.status = killed_again(),
                      .probes = http("liveness", 8080),
                      .unhealthy = "Liveness probe failed: read: connection reset by peer",
                      .is_killed = true});
  cluster.add(R"({"kind": "Service", "metadata": {"name": "api", "namespace": "shop"}, "spec": {"selector": {"app":
    "api"}, "ports": [{"name": "grpc", "port": 80, "targetPort": 8080}]}})");
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("which by Service api speaks gRPC")));
}

TEST(Probes, ACutOffConnectionAloneProvesNoProtocol) {
  EXPECT_THAT(told(api({.status = killed_again(),
                        .probes = http("liveness", 8080),
                        .unhealthy = "Liveness probe failed: read: connection reset by peer",
                        .is_killed = true})),
              ElementsAre(HasSubstr("liveness-failed")));
}

TEST(Probes, AProtocolMismatchThatIsOverIsNothing) {
  EXPECT_THAT(told(api({.status = ready(1),
                        .probes = http("liveness", 8080) + grpc("readiness", 8080),
                        .unhealthy = "Liveness probe failed: " + kMalformed,
                        .is_killed = true})),
              IsEmpty());
}

TEST(Probes, TellsAUdpPortThatIsAskedOverTcp) {
  EXPECT_THAT(
      told(api({.status = killed_again(),
                .probes = tcp("liveness", "5353"),
                .unhealthy = "Liveness probe failed: dial tcp 10.1.2.3:5353: connect: connection refused",
                .is_killed = true,
                .ports = R"(, "ports": [{"containerPort": 5353, "protocol": "UDP"}])"})),
      ElementsAre(HasSubstr("liveness-protocol-mismatch: is killed by its liveness probe: it asks port 5353 over "
                            "TCP, which the container declares for UDP")));
}

// ---- liveness-timing

TEST(Probes, TellsALivenessProbeThatLeavesNoTimeToStart) {
  auto cluster =
      api({.status = killed_again("False"),
           .probes = http("liveness", 8080, R"(, "initialDelaySeconds": 1, "periodSeconds": 2, "failureThreshold": 2)"),
           .unhealthy = "Liveness probe failed: dial tcp 10.1.2.3:8080: connect: connection refused",
           .is_killed = true});
  EXPECT_THAT(told(cluster),
              ElementsAre(HasSubstr("liveness-timing: is killed by its liveness probe: it allows 5 s from "
                                    "the container's start")));
  EXPECT_TRUE(
      cites(findings_of(cluster)[0], "Pod/api-5d9c-0 spec.containers[0].livenessProbe.initialDelaySeconds", "1"));
}

TEST(Probes, NamesWhatOtherPodsOfItNeededToStart) {
  auto cluster = api({.status = killed_again("False"),
                      .probes = http("liveness", 8080, R"(, "initialDelaySeconds": 10)"),
                      .unhealthy = "Liveness probe failed: dial tcp 10.1.2.3:8080: connect: connection refused",
                      .is_killed = true,
                      .replicas = 2});
  cluster.add(R"({"kind": "Pod", "metadata": {"name": "api-5d9c-1", "namespace": "shop", "labels": {"app": "api"},
    "ownerReferences": [{"kind": "ReplicaSet", "name": "api-5d9c", "controller": true}]}, "spec": {},
    "status": {"conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-02T11:01:00Z"}],
    "containerStatuses": [{"name": "app", "ready": true, "state": {"running":
    {"startedAt": "2026-01-02T11:00:00Z"}}}]}})");
  EXPECT_THAT(told(cluster),
              ElementsAre(HasSubstr("it allows 40 s from the container's start, others of its pods needed "
                                    "60 s")));
}

TEST(Probes, TellsATimeoutThatIsTooShort) {
  auto cluster = api({.status = killed_again(),
                      .probes = http("liveness", 8080) + http("readiness", 8080, R"(, "timeoutSeconds": 5)"),
                      .unhealthy = "Liveness probe failed: " + kLate,
                      .is_killed = true});
  EXPECT_THAT(told(cluster),
              ElementsAre(HasSubstr("liveness-timing: is killed by its liveness probe: it waits 1 s for an "
                                    "answer, its readiness probe, which waits 5 s, is well")));
}

TEST(Probes, OneSlowAnswerMustNotEndAContainer) {
  std::string long_run = status("True", R"("ready": true, "restartCount": 4,
    "state": {"running": {"startedAt": "2026-01-02T11:59:40Z"}}, "lastState": {"terminated": {"exitCode": 137,
    "reason": "Error", "startedAt": "2026-01-02T11:56:00Z", "finishedAt": "2026-01-02T11:59:40Z"}})");
  auto with = [&](std::string_view timing) {
    return told(api({.status = long_run,
                     .probes = http("liveness", 8080, timing),
                     .unhealthy = "Liveness probe failed: " + kLate,
                     .is_killed = true}));
  };
  EXPECT_THAT(
      with(R"(, "periodSeconds": 2, "failureThreshold": 1)"),
      ElementsAre(HasSubstr("liveness-timing: is killed by its liveness probe: answers later than 1 s end it once "
                            "they have come for 2 s")));
  EXPECT_THAT(with(""), ElementsAre(HasSubstr("liveness-failed"))) << "it is the program that hangs";
}

TEST(Probes, TheUsualTimeIsEnoughUntilSomethingShowsOtherwise) {
  EXPECT_THAT(told(api({.status = killed_again("False"),
                        .probes = http("liveness", 8080),
                        .unhealthy = "Liveness probe failed: dial tcp 10.1.2.3:8080: connect: connection refused",
                        .is_killed = true})),
              ElementsAre(HasSubstr("liveness-failed")));
}

TEST(Probes, APodThatStartedInTheEndHadTheTime) {
  EXPECT_THAT(told(api({.status = ready(2),
                        .probes = http("liveness", 8080, R"(, "periodSeconds": 1, "failureThreshold": 1)"),
                        .unhealthy = "Liveness probe failed: dial tcp 10.1.2.3:8080: connect: connection refused",
                        .is_killed = true})),
              IsEmpty());
}

// ---- liveness-failed

TEST(Probes, QuotesTheLastLineOfWhatIsKilled) {
  auto cluster = api({.status = backs_off(),
                      .probes = http("liveness", 8080),
                      .unhealthy = "Liveness probe failed: HTTP probe failed with statuscode: 500",
                      .is_killed = true});
  auto found = findings_of(cluster, {sample::log(std::string(kPod), {"ready", "ERROR worker 3 is stuck"})});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fault, "liveness-failed");
  EXPECT_TRUE(cites(found[0], "log api-5d9c-0/app previous line 2", "worker 3 is stuck"));
}

TEST(Probes, ACrashAfterAnOldKillIsACrash) {
  auto cluster = api({.status = backs_off(), .probes = http("liveness", 8080)});
  cluster.event("e2", kPod, "Killing", "Container app failed liveness probe, will be restarted",
                "2026-01-02T11:20:00Z");
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("Deployment/api crash")));
}

TEST(Probes, TheKillOfAnotherContainerIsNotThisOnes) {
  auto cluster = api({.status = backs_off(), .probes = http("liveness", 8080)});
  cluster.event("e2", kPod, "Killing", "Container app-2 failed liveness probe, will be restarted");
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("Deployment/api crash")));
}

// ---- readiness

TEST(Probes, TellsAReadinessProbeOfAPortThatIsNotDeclared) {
  auto cluster = api({.status = not_ready(),
                      .probes = grpc("readiness", 8081) + grpc("liveness", 8080),
                      .unhealthy = "Readiness probe failed: " + kNoContact});
  EXPECT_THAT(told(cluster),
              ElementsAre("critical Deployment/api readiness-port-mismatch: runs but its readiness probe "
                          "fails: it asks port 8081, the container declares 8080 (main)"));
  EXPECT_TRUE(cites(findings_of(cluster)[0], "Pod/api-5d9c-0 status.containerStatuses[0].ready", "false"));
}

TEST(Probes, TheSpecAloneTellsAWrongPortWhileAnotherProbeIsWell) {
  EXPECT_THAT(told(api({.status = not_ready(), .probes = http("readiness", 9090) + http("liveness", 8080)})),
              ElementsAre(HasSubstr("readiness-port-mismatch")));
  EXPECT_THAT(told(api({.status = not_ready(), .probes = http("readiness", 9090)})),
              ElementsAre(HasSubstr("readiness-failed")))
      << "a container may listen on more than it declares";
}

TEST(Probes, AWrongPortWithoutAnyDeclaredShowsByWhatTheServiceUses) {
  auto cluster = api({.status = not_ready(),
                      .probes = http("readiness", 9090),
                      .unhealthy = "Readiness probe failed: " + kRefused,
                      .ports = ""});
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("readiness-failed")));
  cluster.service("api", 8080);
  EXPECT_THAT(told(cluster),
              ElementsAre(HasSubstr("readiness-port-mismatch: runs but its readiness probe fails: nothing "
                                    "answers on port 9090, and its Service sends to another")));
}

TEST(Probes, APodThatWasReadyHasTheRightProbe) {
  std::string was_ready = not_ready("11:00:00");  // ready until 11:30
  EXPECT_THAT(told(api({.status = was_ready,
                        .probes = http("readiness", 9090),
                        .unhealthy = "Readiness probe failed: " + kRefused})),
              ElementsAre(HasSubstr("readiness-failed")));
  EXPECT_THAT(
      told(api(
          {.status = was_ready, .probes = http("readiness", 8080), .unhealthy = "Readiness probe failed: " + kLate})),
      ElementsAre(HasSubstr("readiness-failed")));
}

TEST(Probes, TellsAReadinessProbeOfAnotherProtocol) {
  EXPECT_THAT(
      told(api({.status = not_ready(),
                .probes = http("readiness", 8080),
                .unhealthy = "Readiness probe failed: " + kMalformed})),
      ElementsAre(HasSubstr("readiness-protocol-mismatch: runs but its readiness probe fails: it asks HTTP of port "
                            "8080, which answers")));
  EXPECT_THAT(told(api({.status = not_ready(),
                        .probes = R"(, "readinessProbe": {"httpGet": {"port": 8080, "scheme": "HTTPS"}})",
                        .unhealthy = "Readiness probe failed: http: server gave HTTP response to HTTPS client"})),
              ElementsAre(HasSubstr("readiness-protocol-mismatch")));
  EXPECT_THAT(told(api({.status = not_ready(),
                        .probes = http("readiness", 8080) + grpc("liveness", 8080),
                        .unhealthy = "Readiness probe failed: HTTP probe failed with statuscode: 404"})),
              ElementsAre(HasSubstr("readiness-failed")))
      << "it answers HTTP, though not what was hoped for";
}

TEST(Probes, TellsAReadinessProbeThatDoesNotWait) {
  EXPECT_THAT(
      told(api(
          {.status = not_ready(), .probes = http("readiness", 8080), .unhealthy = "Readiness probe failed: " + kLate})),
      ElementsAre(HasSubstr("readiness-timing: runs but its readiness probe fails: it waits 1 s for an answer")));
  EXPECT_THAT(told(api({.status = not_ready(),
                        .probes = http("readiness", 8080, R"(, "timeoutSeconds": 20)"),
                        .unhealthy = "Readiness probe failed: " + kLate})),
              ElementsAre(HasSubstr("readiness-failed")));
}

TEST(Probes, AReadyContainerIsWellWhateverItsEventsSay) {
  for (const std::string& words : {kRefused, kLate, kMalformed, std::string("HTTP probe failed with statuscode: 500")})
    EXPECT_THAT(
        told(api(
            {.status = ready(), .probes = http("readiness", 9090), .unhealthy = "Readiness probe failed: " + words})),
        IsEmpty())
        << words;
}

TEST(Probes, AContainerGetsTheTimeThatItsProbesAllow) {
  EXPECT_THAT(told(api({.status = not_ready("11:59:00"), .probes = http("readiness", 8080)})), IsEmpty());
  EXPECT_THAT(told(api({.status = not_ready("11:55:00"),
                        .probes = http("readiness", 8080) + http("startup", 8080, R"(, "failureThreshold": 30)")})),
              IsEmpty());
}

// ---- startup-probe-failed

TEST(Probes, TellsAKillByTheStartupProbe) {
  auto cluster = api({.status = backs_off(),
                      .probes = http("startup", 8080, R"(, "periodSeconds": 1)") + http("liveness", 8080),
                      .unhealthy = "Startup probe failed: dial tcp 10.1.2.3:8080: connect: connection refused"});
  cluster.event("e2", kPod, "Killing", "Container app failed startup probe, will be restarted", "2026-01-02T11:59:39Z");
  EXPECT_THAT(told(cluster),
              ElementsAre(HasSubstr("startup-probe-failed: is killed by its startup probe: it allows 3 s "
                                    "from the container's start")));
}

// It is asked only once the startup probe has passed: its own delay says nothing of the container's start.
TEST(Probes, ALivenessProbeAfterAStartupProbeIsNotTooEarly) {
  for (std::string startup :
       {http("startup", 8080, R"(, "failureThreshold": 60)"),
        std::string(R"(, "startupProbe": {"exec": {"command": ["up"]}, "failureThreshold": 60})")})
    EXPECT_THAT(told(api({.status = killed_again("False"),
                          .probes = http("liveness", 8080, R"(, "periodSeconds": 5)") + startup,
                          .unhealthy = "Liveness probe failed: connect: connection refused",
                          .is_killed = true})),
                ElementsAre(HasSubstr("liveness-failed")))
        << startup;
  EXPECT_THAT(told(api({.status = killed_again("False"),
                        .probes = http("liveness", 8080, R"(, "periodSeconds": 5)"),
                        .unhealthy = "Liveness probe failed: connect: connection refused",
                        .is_killed = true})),
              ElementsAre(HasSubstr("liveness-timing")));
}

TEST(Probes, AStartupProbeThatPassedInTheEndIsNothing) {
  auto cluster = api({.status = ready(1),
                      .probes = http("startup", 8080),
                      .unhealthy = "Startup probe failed: dial tcp 10.1.2.3:8080: connect: connection refused"});
  cluster.event("e2", kPod, "Killing", "Container app failed startup probe, will be restarted", "2026-01-02T11:30:00Z");
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Probes, AStartupProbeThatPassedIsNotAskedAgain) {
  std::string started = status("True", R"("ready": true, "started": true, "restartCount": 0,
    "state": {"running": {"startedAt": "2026-01-02T11:59:30Z"}})");
  EXPECT_THAT(told(api({.status = started,
                        .probes = http("startup", 9090, R"(, "failureThreshold": 600)"),
                        .unhealthy = "Startup probe failed: " + kRefused})),
              IsEmpty());
}

TEST(Probes, AStartupProbeMayFailWhileItLasts) {
  auto cluster = api({.status = not_ready("11:59:50"),
                      .probes = http("startup", 8080),
                      .unhealthy = "Startup probe failed: dial tcp 10.1.2.3:8080: connect: connection refused"});
  EXPECT_THAT(told(cluster), IsEmpty());
}

// A sidecar counts for its pod to be ready, an init container does not.
TEST(Probes, ASidecarThatIsNotReadyKeepsTrafficAway) {
  auto waits_for = [](std::string_view policy) {
    sample::Cluster cluster;
    cluster.add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "api", "namespace": "shop"}}, "spec":
      {{"initContainers": [{{"name": "proxy", "readinessProbe": {{"httpGet": {{"port": 15000}}}}{}}}],
        "containers": [{{"name": "app"}}]}}, "status": {{"phase": "Running",
        "conditions": [{{"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-02T11:00:00Z"}}],
        "initContainerStatuses": [{{"name": "proxy", "ready": false, "started": true, "restartCount": 0,
          "state": {{"running": {{"startedAt": "2026-01-02T11:00:00Z"}}}}}}]}}}})",
                            policy));
    cluster.event("e1", "api", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503");
    return told(cluster);
  };
  EXPECT_THAT(waits_for(R"(, "restartPolicy": "Always")"), ElementsAre(HasSubstr("Pod/api readiness-failed")));
  EXPECT_THAT(waits_for(""), IsEmpty());
}

// ---- any shape

TEST(Probes, ATimeToTerminateOfAnySizeIsRead) {
  for (std::string_view grace : {"9223372036854775807", "-9223372036854775808"})
    EXPECT_THAT(told(api({.status = killed_again(),
                          .probes = http("liveness", 8080),
                          .unhealthy = "Liveness probe failed: HTTP probe failed with statuscode: 503",
                          .is_killed = true,
                          .more_pod = fmt::format(R"(, "terminationGracePeriodSeconds": {})", grace)})),
                ElementsAre(HasSubstr("liveness-failed")))
        << grace;
}

TEST(Probes, SurvivesProbesOfAnyShape) {
  for (std::string probe : {"null", "[]", "7", R"({"httpGet": 3})", R"({"httpGet": {"port": {}}})",
                            R"({"tcpSocket": {"port": "-1"}, "periodSeconds": -9999999999, "failureThreshold": "x"})",
                            R"({"grpc": {"port": 99999999999}, "initialDelaySeconds": 9223372036854775807})"})
    for (const std::string& it : {killed_again(), backs_off(), not_ready(), std::string("{}")})
      findings_of(api({.status = it,
                       .probes = fmt::format(R"(, "livenessProbe": {0}, "readinessProbe": {0})", probe),
                       .unhealthy = "Liveness probe failed: ?",
                       .is_killed = true,
                       .ports = R"(, "ports": [null, {}, {"containerPort": "x"}])"}));
}

}  // namespace
}  // namespace ai_ops::diagnosis
