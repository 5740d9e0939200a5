#include "api/operations/guards.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace api::operations {
namespace {

// An intstr.IntOrString: 2, "2" or "40%" of `total`, which Kubernetes rounds up. Nothing when it is neither.
std::optional<std::int64_t> count_of(json::View int_or_percent, std::int64_t total) {
  if (auto count = int_or_percent.integer()) return count;
  std::string_view text = int_or_percent.text();
  bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0 || number > 1'000'000) return {};
  return percent ? (number * total + 99) / 100 : number;
}

// How many of `replicas` the budget wants available. 0 for a budget that says nothing.
std::int64_t wanted_available(json::View budget, std::int64_t replicas) {
  json::View spec = budget["spec"];
  if (auto least = count_of(spec["minAvailable"], replicas)) return *least;
  if (auto most = count_of(spec["maxUnavailable"], replicas)) return std::max<std::int64_t>(0, replicas - *most);
  return 0;
}

bool covers(json::View budget, json::View pod_labels) {
  json::View selector = budget["spec"]["selector"];
  return !selector.is_null() && foundation::kubernetes::selector_matches(selector, pod_labels);
}

}  // namespace

std::optional<Refusal> refuse_autoscaled(const ObjectRef& target, const Surroundings& around) {
  for (const json::Value& value : around.autoscalers) {
    ObjectView autoscaler{json::View(value)};
    json::View owned = autoscaler.spec()["scaleTargetRef"];
    if (owned["kind"].text() != target.kind || owned["name"].text() != target.name) continue;
    return Refusal{"hpa_owned",
                   fmt::format("HorizontalPodAutoscaler/{} sets the replicas of {} (between {} and {}) and would undo "
                               "this. Change its minReplicas or maxReplicas instead, or delete it.",
                               autoscaler.name(), target.text(), autoscaler.spec()["minReplicas"].integer_or(1),
                               autoscaler.spec()["maxReplicas"].integer_or(0))};
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_paused_rollout(const ObjectView& object) {
  if (!object.spec()["paused"].boolean_or(false)) return std::nullopt;
  return Refusal{"rollout_paused",
                 fmt::format("The rollout of {} is paused. Resume it (kubectl rollout resume deployment/{} -n {}), "
                             "then ask again.",
                             object.ref().text(), object.name(), object.namespace_name())};
}

std::optional<Refusal> refuse_manual_updates(const ObjectView& object) {
  if (object.spec()["updateStrategy"]["type"].text() != "OnDelete") return std::nullopt;
  return Refusal{"update_on_delete",
                 fmt::format("{} replaces its pods only when they are deleted (updateStrategy OnDelete), so nothing "
                             "would restart. Delete its pods, or set the strategy to RollingUpdate.",
                             object.ref().text())};
}

std::optional<Refusal> refuse_below_disruption_budget(const ObjectView& object, ReplicaChange change,
                                                      const Surroundings& around) {
  if (change.to >= change.from) return std::nullopt;
  json::View labels = object.spec().path("template.metadata.labels");
  for (const json::Value& value : around.disruption_budgets) {
    ObjectView budget{json::View(value)};
    std::int64_t floor = wanted_available(budget.root(), change.from);
    if (change.to >= floor || !covers(budget.root(), labels)) continue;
    std::string step = floor < change.from ? fmt::format("Scale to {} first, or change", floor) : "Change";
    return Refusal{"pdb_violated",
                   fmt::format("PodDisruptionBudget/{} wants at least {} of the {} replicas of {} available; {} would "
                               "be left. {} the budget.",
                               budget.name(), floor, change.from, object.ref().text(), change.to, step)};
  }
  return std::nullopt;
}

}  // namespace api::operations
