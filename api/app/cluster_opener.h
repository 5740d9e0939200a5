// Opens the clusters of workspaces: all of them at start, later each that was added or changed. Knows the key under
// which kubeconfigs of the organizations' own lie in the database. Owner: main. Threads: one executor.
#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "api/cluster/cluster_set.h"
#include "api/tenancy/store/store.h"
#include "foundation/crypto/sealed.h"
#include "foundation/database/database.h"

namespace api::app {

class ClusterOpener {
 public:
  struct Parts {
    foundation::database::Database& database;
    cluster::ClusterSet& clusters;
    foundation::async::TaskGroup& tasks;  // of the caches
    foundation::telemetry::Metrics& metrics;
    foundation::telemetry::Log log;
    foundation::crypto::SealingKey sealing;
    std::filesystem::path service_account;  // the folder of our pod's, for workspaces on our own cluster
  };
  explicit ClusterOpener(Parts parts) : parts_(std::move(parts)) {}

  // A kubeconfig that a tenant wrote: complete in itself, and over https (plain http would let them speak to what
  // listens on our own machine). Its server; or Code::invalid with the key's place.
  foundation::Result<std::string> check(const foundation::Secret& kubeconfig) const;
  tenancy::store::SealedKubeconfig seal(const tenancy::WorkspaceName& workspace,
                                        const foundation::Secret& kubeconfig) const;

  // A cluster of the operator's that cannot be opened is an error; one of a tenant's is a line in the log.
  foundation::async::Task<void> open_all();
  // As the database has it now; ends the cache of the one before. Of two calls that cross, the later one's stands.
  // Cannot be cancelled: what is stored must come true.
  foundation::async::Task<void> open(tenancy::WorkspaceName workspace);

 private:
  foundation::Result<foundation::kubernetes_api::Kubeconfig> kubeconfig_of(
      const tenancy::store::Workspace& workspace) const;
  foundation::Done add(const tenancy::store::Workspace& workspace);

  Parts parts_;
  std::map<std::string, std::uint64_t> calls_;  // of open(), by workspace
};

}  // namespace api::app
