// The eviction subresource: a deletion that asks the pod's disruption budget first.
#include <fmt/format.h>

#include "demo-cluster/world/editing.h"
#include "demo-cluster/world/pod_facts.h"
#include "demo-cluster/world/registry.h"
#include "foundation/kubernetes/object.h"

namespace demo_cluster::world {
namespace {

constexpr int kAskAgainSeconds = 10;  // what the real server suggests

// A pod that serves nobody goes without asking.
bool is_free_to_go(json::View pod) {
  return !is_active(pod) || pod["status"]["phase"].text() == "Pending" || pod["metadata"]["deletionTimestamp"];
}

// The default policy, IfHealthyBudget.
bool is_idle_in_a_healthy_application(json::View pod, json::View budget) {
  auto wanted = budget["status"]["desiredHealthy"].integer_or(0);
  return !is_ready(pod) && wanted > 0 && budget["status"]["currentHealthy"].integer_or(0) >= wanted;
}

std::unexpected<Refusal> budget_refuses(json::View budget) {
  auto status = budget["status"];
  auto out = refuse(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.");
  out.error().retry_after_seconds = kAskAgainSeconds;
  out.error().causes.push_back({"DisruptionBudget",
                                fmt::format("The disruption budget {} needs {} healthy pods and has {} currently",
                                            budget["metadata"]["name"].text(), status["desiredHealthy"].integer_or(0),
                                            status["currentHealthy"].integer_or(0)),
                                ""});
  return out;
}

}  // namespace

Outcome<Stored> Registry::budget_for(json::View pod) const {
  Stored found;
  for (const auto& budget : store_.list("PodDisruptionBudget", pod["metadata"]["namespace"].text())) {
    if (!kubernetes::selector_matches(json::View(*budget)["spec"]["selector"], pod["metadata"]["labels"])) continue;
    if (found)
      return refuse(500, "InternalError",
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
    found = budget;
  }
  return found;
}

Outcome<void> Registry::evict(const Key& key, const DeleteOptions& what, const WriteOptions& options) {
  const auto& kind = *served_kind(key.kind);
  auto pod = read(kind, key);
  if (!pod) return std::unexpected(pod.error());
  bool dry_run = options.dry_run || what.dry_run;
  auto budget = budget_for(**pod);
  if (!budget) return std::unexpected(budget.error());
  if (*budget && !is_free_to_go(**pod) && !is_idle_in_a_healthy_application(**pod, **budget)) {
    auto allowed = json::View(**budget)["status"]["disruptionsAllowed"].integer_or(0);
    if (allowed <= 0) return budget_refuses(**budget);
    // Spent at once: the budget's controller comes later than the next eviction.
    json::Value after = **budget;
    object_at(after, {"status"})["disruptionsAllowed"] = allowed - 1;
    if (!dry_run) store_.put(std::move(after));
  }
  auto removed = remove(kind, key, what, options);
  if (!removed) return std::unexpected(removed.error());
  return {};
}

}  // namespace demo_cluster::world
