#include "ai-ops/diagnosis/probe_verdict.h"

#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_cluster.h"
#include "ai-ops/diagnosis/service_use.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::string_view kKilledAgain = R"({"phase": "Running",
  "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-02T11:30:00Z"}],
  "containerStatuses": [{"name": "app", "ready": true, "restartCount": 3,
    "state": {"running": {"startedAt": "2026-01-02T11:59:40Z"}}, "lastState": {"terminated": {"exitCode": 137,
      "reason": "Error", "startedAt": "2026-01-02T11:58:00Z", "finishedAt": "2026-01-02T11:59:39Z"}}}]})";

// A management port beside 8080 that nothing declares and that refuses. `more`: other probes.
sample::Cluster refused(std::string_view more) {
  sample::Cluster cluster;
  cluster.deployment("api", {.status = kKilledAgain,
                             .more_container = fmt::format(R"(, "ports": [{{"containerPort": 8080}}],
    "livenessProbe": {{"httpGet": {{"port": 8081}}, "initialDelaySeconds": 60}}{})",
                                                           more)});
  cluster.event("e1", "api-5d9c-0", "Unhealthy",
                "Liveness probe failed: dial tcp 10.1.2.3:8081: connect: connection refused", "2026-01-02T11:59:55Z");
  return std::move(cluster.event("e2", "api-5d9c-0", "Killing",
                                 "Container app failed liveness probe, will be restarted", "2026-01-02T11:59:39Z"));
}

ProbeVerdict verdict_on(const sample::Cluster& sample) {
  Cluster cluster(sample.snapshot());
  const Workload& workload = cluster.workloads().front();
  const ObjectView& pod = workload.pods.front();
  auto failing = failing_probe_of(cluster, containers_of(pod).front(), sample::kNow);
  if (!failing) throw std::logic_error("no probe fails");
  return verdict_of(cluster, workload, ServicesOfPods(cluster).of(pod), *failing);
}

void expect_wrong_port(const sample::Cluster& sample, Certainty certainty) {
  ProbeVerdict verdict = verdict_on(sample);
  EXPECT_EQ(verdict.wrong, ProbeVerdict::Wrong::port);
  EXPECT_EQ(verdict.certainty, certainty);
  EXPECT_EQ(verdict.detail, "it asks port 8081, the container declares 8080");
}

// Nothing has to be declared, and a program that never comes up refuses as well.
TEST(ProbeVerdict, AnUndeclaredPortThatRefusesIsNotProvenWrong) {
  expect_wrong_port(refused(""), Certainty::told);
  expect_wrong_port(refused(R"(, "readinessProbe": {"httpGet": {"port": 8081}})"), Certainty::told);
}

TEST(ProbeVerdict, ItIsProvenWrongWhereAnotherProbeIsWell) {
  for (std::string_view asks : {R"("httpGet": {"port": 8080})", R"("exec": {"command": ["up"]})"})
    expect_wrong_port(refused(fmt::format(R"(, "readinessProbe": {{{}}})", asks)), Certainty::shown);
}

TEST(ProbeVerdict, ItIsProvenWrongWhereItsServiceIsReachedOnAnotherPort) {
  auto reached = [](bool is_reached, int port, std::string_view service = "api") {
    sample::Cluster cluster = refused("");
    cluster.service("api", port);
    return std::move(cluster.add(fmt::format(R"({{"kind": "ServiceCheck", "metadata": {{"name": "c", "namespace":
      "shop"}}, "spec": {{"service": "{}", "port": {}}}, "status": {{"reached": {}}}}})",
                                             service, port, is_reached)));
  };
  expect_wrong_port(reached(true, 8080), Certainty::shown);
  expect_wrong_port(reached(false, 8080), Certainty::told);
  expect_wrong_port(reached(true, 8080, "other"), Certainty::told);
  expect_wrong_port(reached(true, 8081), Certainty::told);
}

}  // namespace
}  // namespace ai_ops::diagnosis
