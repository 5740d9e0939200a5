#include <algorithm>
#include <charconv>

#include "demo-cluster/world/controllers.h"
#include "demo-cluster/world/pod_facts.h"
#include "foundation/kubernetes/object.h"

namespace demo_cluster::world {
namespace {

// A number, or a share of all pods, rounded up.
std::int64_t share(json::View value, std::int64_t of) {
  if (auto number = value.integer()) return *number;
  auto text = value.text();
  std::int64_t percent = 0;
  std::from_chars(text.data(), text.data() + text.size(), percent);
  return (of * percent + 99) / 100;
}

void step_one(Step& step, const Stored& budget) {
  json::View view(*budget);
  auto spec = view["spec"];
  std::int64_t pods = 0, healthy = 0;
  for (const auto& pod : step.store.list("Pod", view["metadata"]["namespace"].text())) {
    if (!is_active(*pod) || !kubernetes::selector_matches(spec["selector"], json::View(*pod)["metadata"]["labels"]))
      continue;
    ++pods;
    healthy += is_ready(*pod);
  }
  auto desired =
      spec["maxUnavailable"] ? pods - share(spec["maxUnavailable"], pods) : share(spec["minAvailable"], pods);
  auto allowed = std::max<std::int64_t>(0, healthy - std::max<std::int64_t>(0, desired));
  json::Object status = view["status"].object();
  status["observedGeneration"] = copy_of(view["metadata"]["generation"]);
  status["expectedPods"] = pods;
  status["currentHealthy"] = healthy;
  status["desiredHealthy"] = std::max<std::int64_t>(0, desired);
  status["disruptionsAllowed"] = allowed;
  json::Array conditions = view["status"]["conditions"].array();
  set_condition(conditions, "DisruptionAllowed", allowed > 0, allowed > 0 ? "SufficientPods" : "InsufficientPods", "",
                step.now);
  status["conditions"] = std::move(conditions);
  step.write_status(budget, std::move(status));
}

}  // namespace

void step_budgets(Step& step) {
  for (const auto& budget : step.store.list("PodDisruptionBudget")) step_one(step, budget);
}

}  // namespace demo_cluster::world
