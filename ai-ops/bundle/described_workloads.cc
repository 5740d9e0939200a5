// Descriptions of what runs pods, and of what watches over it.
#include <array>
#include <string_view>

#include "ai-ops/bundle/described_kinds.h"
#include "ai-ops/bundle/fields.h"

namespace ai_ops::bundle {
namespace {

// "1 desired | 1 updated | 1 total | 0 available | 1 unavailable", "1 current / 1 desired", "3 Running / 0 Waiting"
constexpr std::array<Field, 6> kReplicas{{{"desired", "spec.replicas"},
                                          {"updated", "status.updatedReplicas"},
                                          {"total", "status.replicas"},
                                          {"current", "status.replicas"},
                                          {"available", "status.availableReplicas"},
                                          {"unavailable", "status.unavailableReplicas"}}};
constexpr std::array<Field, 4> kPods{{{"Running", "status.active"},
                                      {"Active", "status.active"},
                                      {"Succeeded", "status.succeeded"},
                                      {"Failed", "status.failed"}}};
constexpr std::array<Field, 8> kNumbers{
    {{"Desired Number of Nodes Scheduled", "status.desiredNumberScheduled"},
     {"Current Number of Nodes Scheduled", "status.currentNumberScheduled"},
     {"Number of Nodes Scheduled with Up-to-date Pods", "status.updatedNumberScheduled"},
     {"Number of Nodes Scheduled with Available Pods", "status.numberAvailable"},
     {"Number of Nodes Misscheduled", "status.numberMisscheduled"},
     {"Parallelism", "spec.parallelism"},
     {"Completions", "spec.completions"},
     {"Backoff Limit", "spec.backoffLimit"}}};
constexpr std::array<Field, 4> kWords{{{"Schedule", "spec.schedule"},
                                       {"Concurrency Policy", "spec.concurrencyPolicy"},
                                       {"StrategyType", "spec.strategy.type"},
                                       {"Update Strategy", "spec.updateStrategy.type"}}};

// Counts may stand in either order of "3 desired" and "desired 3"; kubectl writes the number first.
template <std::size_t N>
void put_counts(json::Object& object, std::string_view text, const std::array<Field, N>& counts) {
  auto all = words(text, " |/");
  for (std::size_t i = 1; i < all.size(); ++i)
    for (const Field& count : counts)
      if (all[i] == count.key) put(object, count.path, integer(all[i - 1]));
}

}  // namespace

void put_workload(json::Object& object, const Entry& described) {
  if (const Entry* selector = described.find("Selector"))
    put(object, "spec.selector.matchLabels", pairs(selector->values));
  put_counts(object, described.value("Replicas"), kReplicas);
  if (object.at("kind") == "Job") put_counts(object, described.value("Pods Statuses"), kPods);
  for (const Field& number : kNumbers) put(object, number.path, integer(described.value(number.key)));
  for (const Field& word : kWords) put(object, word.path, json::Value(described.value(word.key)));
  if (described.value("Suspend") == "True") put(object, "spec.suspend", true);
  put(object, "status.conditions", conditions_of(described.find("Conditions")));
  put_pod_template(object, described);
}

// "Deployment/web"; Metrics and Conditions stand as text.
void put_autoscaler(json::Object& object, const Entry& described) {
  std::string_view target = described.value("Reference");
  std::size_t slash = target.find('/');
  put(object, "spec.scaleTargetRef.kind", json::Value(target.substr(0, slash)));
  if (slash != target.npos) put(object, "spec.scaleTargetRef.name", json::Value(target.substr(slash + 1)));
  put(object, "spec.minReplicas", integer(described.value("Min replicas")));
  put(object, "spec.maxReplicas", integer(described.value("Max replicas")));
  put(object, "status.conditions", conditions_of(described.find("Conditions")));
}

void put_disruption_budget(json::Object& object, const Entry& described) {
  if (const Entry* selector = described.find("Selector"))
    put(object, "spec.selector.matchLabels", pairs(selector->values));
  put(object, "spec.minAvailable", amount(described.value("Min available")));
  put(object, "spec.maxUnavailable", amount(described.value("Max unavailable")));
  const Entry* status = described.find("Status");
  put(object, "status.disruptionsAllowed", integer(status->value("Allowed disruptions")));
  put(object, "status.currentHealthy", integer(status->value("Current")));
  put(object, "status.desiredHealthy", integer(status->value("Desired")));
  put(object, "status.expectedPods", integer(status->value("Total")));
}

}  // namespace ai_ops::bundle
