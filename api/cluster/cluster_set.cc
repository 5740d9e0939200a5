#include "api/cluster/cluster_set.h"

#include <algorithm>

#include "api/cluster/informer_cache.h"
#include "api/cluster/kubernetes_client.h"
#include "foundation/kubernetes_api/api_server.h"

namespace api::cluster {

Result<Cluster> open_cluster(async::TaskGroup& tasks, ClusterOptions options, foundation::telemetry::Metrics& metrics,
                             foundation::telemetry::Log log) {
  auto api = ApiServer::create(tasks.executor(), options.kubeconfig);
  if (!api) return std::unexpected(api.error());
  Cluster cluster;
  cluster.reader = std::make_unique<KubernetesReader>(*api);
  cluster.writer = std::make_unique<KubernetesWriter>(*api);
  auto cache = InformerCache::start(
      tasks, {.api = *api, .pseudonyms = *cluster.pseudonyms, .metrics = metrics, .log = std::move(log)},
      std::move(options.namespaces));
  if (!cache) return std::unexpected(cache.error());
  cluster.cache = std::move(*cache);
  return cluster;
}

void ClusterSet::add(std::string workspace, Cluster cluster) {
  auto& place = clusters_[std::move(workspace)];
  if (place) replaced_.push_back(std::move(place));
  place = std::make_unique<Cluster>(std::move(cluster));
}

Cluster* ClusterSet::find(const std::string& workspace) {
  auto found = clusters_.find(workspace);
  return found == clusters_.end() ? nullptr : found->second.get();
}

bool ClusterSet::warm() const {
  return std::ranges::all_of(clusters_, [](const auto& each) {
    const Cluster& cluster = *each.second;
    return !cluster.counts_for_ready || !cluster.cache || cluster.cache->warm();
  });
}

async::asio::awaitable<void> ClusterSet::end_replaced_caches() {
  co_await async::shield_from_cancellation();  // the informers borrow the cache until they have ended
  for (std::size_t i = 0; i < replaced_.size(); ++i)
    if (auto cache = std::move(replaced_[i]->cache)) co_await cache->stop();
}

async::asio::awaitable<void> ClusterSet::stop() {
  co_await end_replaced_caches();
  for (auto& [workspace, cluster] : clusters_)
    if (cluster->cache) co_await cluster->cache->stop();
}

}  // namespace api::cluster
