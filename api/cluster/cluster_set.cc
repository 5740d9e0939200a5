#include "api/cluster/cluster_set.h"

#include <algorithm>

#include "api/cluster/api_server.h"
#include "api/cluster/informer_cache.h"
#include "api/cluster/kubernetes_client.h"

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

Cluster* ClusterSet::find(const std::string& workspace) {
  auto found = clusters_.find(workspace);
  return found == clusters_.end() ? nullptr : &found->second;
}

bool ClusterSet::warm() const {
  return std::ranges::all_of(clusters_,
                             [](const auto& each) { return !each.second.cache || each.second.cache->warm(); });
}

async::asio::awaitable<void> ClusterSet::stop() {
  for (auto& [workspace, cluster] : clusters_)
    if (cluster.cache) co_await cluster.cache->stop();
}

}  // namespace api::cluster
