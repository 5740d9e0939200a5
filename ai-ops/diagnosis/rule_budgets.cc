// PodDisruptionBudgets that protect nothing, or that no node can ever be drained with.
// Faults: budget-selects-nothing (info), budget-blocks (warning).
// Evidence: the selector against the pods and the pod templates of the namespace; desiredHealthy against expectedPods.
// How Kubernetes works: an eviction is allowed while currentHealthy stays at desiredHealthy or above. Where all
// expected pods are desired none may ever go, however healthy they are; where some are merely unhealthy it will be
// allowed again, and with unhealthyPodEvictionPolicy AlwaysAllow these go anyway. Source:
// kubernetes/pkg/controller/disruption (getExpectedPodCount, updatePdbStatus).
#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

bool tell_selects_nothing(Case& c, const ObjectView& budget) {
  json::View selector = budget.spec()["selector"];
  if (!c.cluster().sees("Pod", budget.namespace_name()) || budget.status()["expectedPods"].integer_or(0) > 0)
    return false;
  if (c.cluster().selects_something(budget.namespace_name(), selector)) return false;
  Draft& draft = c.symptom(budget.ref(), "budget-selects-nothing", Severity::info, "protects nothing");
  draft.detail = "no pod has the labels that it selects";
  draft.cite(budget, "spec.selector");
  draft.cite(budget, "status.expectedPods");
  return true;
}

void tell_blocks(Case& c, const ObjectView& budget) {
  json::View status = budget.status();
  auto allowed = status["disruptionsAllowed"].integer(), desired = status["desiredHealthy"].integer();
  if (allowed != 0 || !desired) return;
  auto expected = status["expectedPods"].integer();
  auto pods =
      static_cast<std::int64_t>(c.cluster().pods_selected(budget.namespace_name(), budget.spec()["selector"]).size());
  std::int64_t all = expected.value_or(pods);
  if (all == 0 || *desired < all) return;
  bool lets_the_broken_go = budget.spec()["unhealthyPodEvictionPolicy"].text() == "AlwaysAllow";
  if (lets_the_broken_go && status["currentHealthy"].integer_or(all) < *desired) return;
  Draft& draft = c.symptom(budget.ref(), "budget-blocks", Severity::warning, "lets no pod be evicted, ever");
  draft.detail = fmt::format("it wants {} of {} pods healthy, so no node of theirs can be drained", *desired, all);
  for (std::string_view path : {"spec.minAvailable", "spec.maxUnavailable", "status.desiredHealthy",
                                "status.expectedPods", "status.disruptionsAllowed"})
    draft.cite(budget, std::string(path));
}

}  // namespace

void find_budgets(Case& c) {
  for (const ObjectView& budget : c.cluster().snapshot().of_kind("PodDisruptionBudget"))
    if (!tell_selects_nothing(c, budget)) tell_blocks(c, budget);
}

}  // namespace ai_ops::diagnosis
