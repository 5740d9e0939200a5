#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::told;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kRequests = R"({"requests": {"cpu": "100m"}})";
constexpr std::string_view kByCpu = R"("metrics": [{"type": "Resource", "resource": {"name": "cpu",
  "target": {"type": "Utilization", "averageUtilization": 50}}}])";

std::string condition(std::string_view type, std::string_view status, std::string_view reason, std::string_view message,
                      std::string_view since = "2026-01-02T11:00:00Z") {
  return fmt::format(R"({{"type": "{}", "status": "{}", "reason": "{}", "message": "{}", "lastTransitionTime": "{}"}})",
                     type, status, reason, message, since);
}

sample::Cluster web(std::string_view resources = kRequests, std::string_view status = sample::kReady) {
  sample::Cluster cluster;
  cluster.deployment("web", {.status = status, .resources = std::string(resources)});
  return cluster;
}

sample::Cluster& scaler(sample::Cluster& cluster, std::string_view conditions, std::string_view target = "web",
                        std::string_view metrics = kByCpu, std::string_view status = R"("currentReplicas": 1)") {
  return cluster.add(
      fmt::format(R"({{"kind": "HorizontalPodAutoscaler", "metadata": {{"name": "h", "namespace": "shop"}},
    "spec": {{"scaleTargetRef": {{"kind": "Deployment", "name": "{}"}}, "maxReplicas": 3, {}}},
    "status": {{{}, "conditions": [{}]}}}})",
                  target, metrics, status, conditions));
}

TEST(Autoscalers, TellsATargetThatDoesNotExist) {
  sample::Cluster cluster = web();
  scaler(cluster, condition("AbleToScale", "False", "FailedGetScale", "deployments.apps wep not found"), "wep");
  EXPECT_THAT(told(cluster), ElementsAre("warning HorizontalPodAutoscaler/h autoscaler-target-missing: scales "
                                         "Deployment wep, which does not exist"));
  cluster.deployment("wep", {.resources = std::string(kRequests)});
  EXPECT_THAT(told(cluster), IsEmpty()) << "it is there by now, whatever the condition still says";
}

TEST(Autoscalers, ATargetOfAKindThatWeDoNotSeeIsNotMissing) {
  sample::Cluster cluster;
  scaler(cluster, condition("AbleToScale", "True", "ReadyForNewScale", ""));
  EXPECT_THAT(told(cluster), IsEmpty());
}

TEST(Autoscalers, BlamesATargetThatDoesNotRequestWhatIsMeasured) {
  sample::Cluster cluster = web("{}");
  scaler(cluster, condition("ScalingActive", "False", "FailedGetResourceMetric", "missing request for cpu"));
  EXPECT_THAT(told(cluster),
              ElementsAre("warning Deployment/web autoscaler-target-unsized: container app requests no cpu, by which "
                          "HorizontalPodAutoscaler h scales it",
                          "warning HorizontalPodAutoscaler/h autoscaler-cannot-read: cannot scale Deployment web: "
                          "missing request for cpu <- F1"));
}

TEST(Autoscalers, ReadsTheResourceInTheMessageWhereTheMetricsAreNotTold) {
  sample::Cluster cluster = web("{}");
  scaler(cluster, condition("ScalingActive", "False", "FailedGetResourceMetric", "missing request for cpu in app"),
         "web", R"("minReplicas": 1)");
  EXPECT_THAT(told(cluster), Contains(HasSubstr("autoscaler-target-unsized")));
}

TEST(Autoscalers, AnUnsizedTargetIsToldBeforeTheAutoscalerHasTried) {
  sample::Cluster cluster = web("{}");
  scaler(cluster, "");
  EXPECT_THAT(told(cluster), Contains(HasSubstr("autoscaler-target-unsized")));
}

TEST(Autoscalers, AnAbsoluteTargetNeedsNoRequests) {
  sample::Cluster cluster = web("{}"), active = web("{}");
  scaler(cluster, "", "web", R"("metrics": [{"type": "Resource", "resource": {"name": "cpu",
    "target": {"type": "AverageValue", "averageValue": "500m"}}}])");
  scaler(active, condition("ScalingActive", "True", "ValidMetricFound", ""));
  EXPECT_THAT(told(cluster), IsEmpty());
  EXPECT_THAT(told(active), IsEmpty()) << "it scales";
}

TEST(Autoscalers, TellsMetricsThatCannotBeRead) {
  std::string_view message = "unable to fetch metrics from resource metrics API";
  sample::Cluster cluster = web(), young = web(), disabled = web(), healed = web();
  scaler(cluster, condition("ScalingActive", "False", "FailedGetResourceMetric", message));
  scaler(young, condition("ScalingActive", "False", "FailedGetResourceMetric", message, "2026-01-02T11:59:30Z"));
  scaler(disabled, condition("ScalingActive", "False", "ScalingDisabled", "scaling is disabled"));
  scaler(healed, condition("ScalingActive", "True", "ValidMetricFound", ""));
  EXPECT_THAT(told(cluster),
              ElementsAre("warning HorizontalPodAutoscaler/h autoscaler-cannot-read: cannot scale Deployment web: "
                          "unable to fetch metrics from resource metrics API"));
  EXPECT_THAT(told(young), IsEmpty());
  EXPECT_THAT(told(disabled), IsEmpty());
  EXPECT_THAT(told(healed), IsEmpty());
}

TEST(Autoscalers, LinksToTheTargetThatIsDown) {
  sample::Cluster cluster = web(kRequests, sample::kCrashing);
  scaler(cluster, condition("ScalingActive", "False", "FailedGetResourceMetric", "no metrics of any ready pod"));
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("Deployment/web crash"), HasSubstr("autoscaler-cannot-read")));
  EXPECT_THAT(told(cluster).back(), HasSubstr("<- F1"));
}

std::string at(int replicas, int utilization) {
  return fmt::format(R"("currentReplicas": {}, "currentMetrics": [{{"type": "Resource", "resource": {{"name": "cpu",
    "current": {{"averageUtilization": {}}}}}}}])",
                     replicas, utilization);
}

TEST(Autoscalers, TellsOneThatIsAtItsLimitAndStillAboveItsTarget) {
  std::string active = condition("ScalingActive", "True", "ValidMetricFound", "");
  sample::Cluster cluster = web(), near = web(), below = web();
  scaler(cluster, active, "web", kByCpu, at(3, 95));
  scaler(near, active, "web", kByCpu, at(3, 54));
  scaler(below, active, "web", kByCpu, at(2, 95));
  EXPECT_THAT(told(cluster),
              ElementsAre("warning HorizontalPodAutoscaler/h autoscaler-at-limit: cannot scale Deployment web any "
                          "further: at its 3 replicas cpu is at 95 % of the requests, its target is 50 %"));
  EXPECT_THAT(told(near), IsEmpty()) << "within the tolerance";
  EXPECT_THAT(told(below), IsEmpty()) << "it is scaling";
}

TEST(Autoscalers, AUtilizationOfAnySizeIsCompared) {
  sample::Cluster cluster = web();
  scaler(cluster, condition("ScalingActive", "True", "ValidMetricFound", ""), "web", kByCpu,
         R"("currentReplicas": 3, "currentMetrics": [{"type": "Resource", "resource": {"name": "cpu",
    "current": {"averageUtilization": 9223372036854775807}}}])");
  EXPECT_THAT(told(cluster), ElementsAre(HasSubstr("cpu is at 9223372036854775807 % of the requests")));
}

}  // namespace
}  // namespace ai_ops::diagnosis
