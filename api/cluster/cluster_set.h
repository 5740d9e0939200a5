// The clusters of all workspaces, each with a connection pool, names for secrets and a cache of its own: two workspaces
// on one kubeconfig share nothing that one of them may not see. Owner: main. Threads: one executor.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/cluster/cache.h"
#include "api/cluster/cluster.h"
#include "api/cluster/kubeconfig.h"
#include "api/redaction/pseudonyms.h"
#include "foundation/async/task_group.h"
#include "foundation/telemetry/log.h"
#include "foundation/telemetry/metrics.h"

namespace api::cluster {

struct Cluster {
  std::unique_ptr<ClusterReader> reader;
  std::unique_ptr<ClusterWriter> writer;
  std::unique_ptr<Cache> cache;
  // Of the secrets taken out of its objects and logs. Behind a pointer: the cache borrows it while the Cluster moves.
  std::unique_ptr<redaction::Pseudonyms> pseudonyms = std::make_unique<redaction::Pseudonyms>();
};

struct ClusterOptions {
  Kubeconfig kubeconfig;
  std::vector<std::string> namespaces;  // the workspace's projects
};

// Connects lazily; the cache starts at once in `tasks`, and ends with them or by its stop().
Result<Cluster> open_cluster(async::TaskGroup& tasks, ClusterOptions options, foundation::telemetry::Metrics& metrics,
                             foundation::telemetry::Log log);

class ClusterSet {
 public:
  void add(std::string workspace, Cluster cluster) {
    clusters_.insert_or_assign(std::move(workspace), std::move(cluster));
  }
  Cluster* find(const std::string& workspace);  // null when there is none
  bool warm() const;                            // all of them
  async::asio::awaitable<void> stop();          // of every cache

 private:
  std::map<std::string, Cluster> clusters_;
};

}  // namespace api::cluster
