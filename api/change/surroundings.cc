#include "api/change/surroundings.h"

#include <algorithm>
#include <utility>

namespace api::change {

using operations::Surroundings;

async::Task<Surroundings> surroundings(async::Context& ctx, cluster::ClusterReader& reader, std::string space,
                                       LooksAt kinds) {
  Surroundings around;
  const std::pair<std::string_view, std::vector<json::Value>*> lists[] = {
      {"HorizontalPodAutoscaler", &around.autoscalers},
      {"PodDisruptionBudget", &around.disruption_budgets},
      {"ResourceQuota", &around.quotas},
      {"LimitRange", &around.limit_ranges},
      {"ReplicaSet", &around.replica_sets}};
  for (auto [kind, into] : lists) {
    if (std::ranges::find(kinds, kind) == kinds.end()) continue;
    auto objects = co_await reader.list(ctx, std::string(kind), space);
    if (!objects) co_return std::unexpected(objects.error());
    *into = std::move(*objects);
  }
  co_return around;
}

LooksAt of_plan(const operations::Operation& operation) {
  return {operation.plan_looks_at.begin(), operation.plan_looks_at.end()};
}

LooksAt of_guard(const operations::Operation& operation) {
  return {operation.guard_looks_at.begin(), operation.guard_looks_at.end()};
}

LooksAt of_both(const operations::Operation& operation) {
  LooksAt kinds = of_plan(operation);
  kinds.insert(kinds.end(), operation.guard_looks_at.begin(), operation.guard_looks_at.end());
  return kinds;
}

}  // namespace api::change
