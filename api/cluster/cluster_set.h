// The clusters of all workspaces. Two workspaces on the same kubeconfig share a connection pool, never a cache entry
// that they could not both see: a cache is per workspace and watches that workspace's namespaces only. Owner: main.
// Threads: one executor.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/cluster/cache.h"
#include "api/cluster/cluster.h"
#include "api/cluster/kubeconfig.h"
#include "foundation/async/task_group.h"
#include "foundation/telemetry/log.h"
#include "foundation/telemetry/metrics.h"

namespace api::cluster {

struct Cluster {
  std::unique_ptr<ClusterReader> reader;
  std::unique_ptr<ClusterWriter> writer;
  std::unique_ptr<Cache> cache;
};

struct ClusterOptions {
  Kubeconfig kubeconfig;
  std::vector<std::string> namespaces;  // the workspace's projects
};

// Connects lazily; the cache starts at once in `tasks`.
Result<Cluster> open_cluster(async::TaskGroup& tasks, ClusterOptions options, foundation::telemetry::Metrics& metrics,
                             foundation::telemetry::Log log);

class ClusterSet {
 public:
  void add(std::string workspace, Cluster cluster) {
    clusters_.insert_or_assign(std::move(workspace), std::move(cluster));
  }
  Cluster* find(const std::string& workspace);  // null when there is none
  bool warm() const;
  async::asio::awaitable<void> stop();

 private:
  std::map<std::string, Cluster> clusters_;
};

}  // namespace api::cluster
