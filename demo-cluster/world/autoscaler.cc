// HorizontalPodAutoscaler without metrics: it keeps its target between the bounds. The annotation demo/cpu-utilization
// is shown as what was measured; without it the load is what was aimed at.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "demo-cluster/world/controllers.h"
#include "demo-cluster/world/pod_facts.h"

namespace demo_cluster::world {
namespace {

constexpr std::int64_t kAimedPercent = 80;  // the real default

std::int64_t aimed(json::View spec) {
  for (const auto& metric : spec["metrics"].array())
    if (auto percent = json::View(metric)["resource"]["target"]["averageUtilization"].integer()) return *percent;
  return kAimedPercent;
}

std::int64_t observed(json::View autoscaler, std::int64_t otherwise) {
  auto text = annotation(autoscaler, "demo/cpu-utilization");
  std::int64_t percent = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), percent);
  return percent;
}

json::Object status_of(json::View autoscaler, std::int64_t current, std::int64_t wanted, std::int64_t percent,
                       WallTime now) {
  json::Object status = autoscaler["status"].object();
  status["currentReplicas"] = current;
  status["desiredReplicas"] = wanted;
  status["currentMetrics"] = json::Array{json::Object{
      {"type", "Resource"},
      {"resource", json::Object{{"name", "cpu"}, {"current", json::Object{{"averageUtilization", percent}}}}}}};
  json::Array conditions = autoscaler["status"]["conditions"].array();
  set_condition(conditions, "AbleToScale", true, "ReadyForNewScale", "recommended size matches current size", now);
  set_condition(conditions, "ScalingActive", true, "ValidMetricFound",
                "the HPA was able to successfully calculate a replica count from cpu resource utilization", now);
  status["conditions"] = std::move(conditions);
  return status;
}

void step_one(Step& step, const Stored& autoscaler) {
  json::View view(*autoscaler);
  auto ref = view["spec"]["scaleTargetRef"];
  const auto* kind = served_kind(ref["kind"].text());
  if (kind == nullptr || !kind->has(kScale)) return;
  Key key{std::string(kind->kind.name), std::string(view["metadata"]["namespace"].text()),
          std::string(ref["name"].text())};
  auto target = step.store.find(key);
  if (!target) return;
  auto current = json::View(*target)["spec"]["replicas"].integer_or(1);
  auto percent = observed(view, aimed(view["spec"]));
  auto least = view["spec"]["minReplicas"].integer_or(1);
  // Scaled to zero means switched off.
  auto wanted =
      current == 0 ? 0 : std::clamp(current, least, std::max(least, view["spec"]["maxReplicas"].integer_or(1)));
  if (wanted != current) {
    json::Value patch = json::Object{{"spec", json::Object{{"replicas", wanted}}}};
    WriteOptions options{.manager = "kube-controller-manager", .dry_run = false, .now = step.now};
    (void)step.registry.patch_scale(*kind, key, PatchKind::merge, patch, options);
    step.event(view,
               {"Normal", "SuccessfulRescale",
                fmt::format("New size: {}; reason: Current number of replicas {} Spec.{}", wanted,
                            wanted > current ? "below" : "above", wanted > current ? "MinReplicas" : "MaxReplicas"),
                "horizontal-pod-autoscaler"});
  }
  step.write_status(autoscaler, status_of(view, current, wanted, percent, step.now));
}

}  // namespace

void step_autoscalers(Step& step) {
  for (const auto& autoscaler : step.store.list("HorizontalPodAutoscaler"))
    if (!is_going(*autoscaler)) step_one(step, autoscaler);
}

}  // namespace demo_cluster::world
