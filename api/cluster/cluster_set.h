// The clusters of all workspaces, each with a connection pool, names for secrets and a cache of its own: two workspaces
// on one kubeconfig share nothing that one of them may not see. Owner: main. Threads: one executor.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/cluster/cache.h"
#include "api/cluster/cluster.h"
#include "foundation/async/task_group.h"
#include "foundation/kubernetes_api/kubeconfig.h"
#include "foundation/redaction/pseudonyms.h"
#include "foundation/telemetry/log.h"
#include "foundation/telemetry/metrics.h"

namespace api::cluster {

using foundation::Result;
namespace redaction = foundation::redaction;
using foundation::kubernetes_api::Kubeconfig;

struct Cluster {
  std::unique_ptr<ClusterReader> reader;
  std::unique_ptr<ClusterWriter> writer;
  std::unique_ptr<Cache> cache;
  // Of the secrets taken out of its objects and logs. Behind a pointer: the cache borrows it while the Cluster moves.
  std::unique_ptr<redaction::Pseudonyms> pseudonyms = std::make_unique<redaction::Pseudonyms>();
  // The whole installation waits for it before it calls itself ready. Not so for one that a tenant has chosen: where
  // that is down or never was, only its own workspace is without.
  bool counts_for_ready = true;
};

struct ClusterOptions {
  Kubeconfig kubeconfig;
  std::vector<std::string> namespaces;  // the workspace's projects
};

// Connects lazily; the cache starts at once in `tasks`, and ends with them or by its stop().
Result<Cluster> open_cluster(async::TaskGroup& tasks, ClusterOptions options, foundation::telemetry::Metrics& metrics,
                             foundation::telemetry::Log log);

// A cluster that was replaced stays until the set goes, without its cache: a change in flight borrows it over many
// awaits, some for as long as its API server is away, and ends on the cluster that it was decided on. So the set grows
// with each change of a workspace; whoever makes those bounds how often.
class ClusterSet {
 public:
  void add(std::string workspace, Cluster cluster);
  Cluster* find(const std::string& workspace);         // null when there is none
  bool warm() const;                                   // all that count
  async::asio::awaitable<void> end_replaced_caches();  // nobody holds a cache over an await
  async::asio::awaitable<void> stop();                 // of every cache

 private:
  std::map<std::string, std::unique_ptr<Cluster>> clusters_;  // behind pointers: they are borrowed
  std::vector<std::unique_ptr<Cluster>> replaced_;
};

}  // namespace api::cluster
