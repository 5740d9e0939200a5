// The Kubernetes API behind cluster.h: the same code against the demo cluster, an imposter and a real API server.
// Owner: the Cluster. Threads: one executor.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/cluster/cluster.h"
#include "foundation/kubernetes_api/api_server.h"

namespace api::cluster {

namespace wire = foundation::kubernetes_api;
using wire::ApiServer;

inline constexpr std::size_t kMaxObjectBytes = 8 << 20;

class KubernetesReader final : public ClusterReader {
 public:
  explicit KubernetesReader(std::shared_ptr<ApiServer> api) : api_(std::move(api)) {}
  async::Task<json::Value> get(async::Context& ctx, ObjectRef ref) override;
  async::Task<std::vector<json::Value>> list(async::Context& ctx, std::string kind,
                                             std::string namespace_name) override;
  async::Task<LogTail> logs(async::Context& ctx, LogQuery query) override;

 private:
  std::shared_ptr<ApiServer> api_;
};

// A write is sent once; who repeats it knows why (api/change).
class KubernetesWriter final : public ClusterWriter {
 public:
  explicit KubernetesWriter(std::shared_ptr<ApiServer> api) : api_(std::move(api)) {}
  async::Task<json::Value> patch(async::Context& ctx, PatchRequest request) override;

 private:
  std::shared_ptr<ApiServer> api_;
};

}  // namespace api::cluster
