#include "api/change/surroundings.h"

#include <utility>
#include <vector>

namespace api::change {

async::Task<operations::Surroundings> surroundings(async::Context& ctx, cluster::ClusterReader& reader,
                                                   std::string space) {
  operations::Surroundings around;
  const std::pair<const char*, std::vector<json::Value>*> kinds[] = {
      {"HorizontalPodAutoscaler", &around.autoscalers},
      {"PodDisruptionBudget", &around.disruption_budgets},
      {"ResourceQuota", &around.quotas}};
  for (auto [kind, into] : kinds) {
    auto objects = co_await reader.list(ctx, kind, space);
    if (!objects) co_return std::unexpected(objects.error());
    *into = std::move(*objects);
  }
  co_return around;
}

}  // namespace api::change
