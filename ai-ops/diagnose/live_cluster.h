// The cluster of a kubeconfig, read once: one paged LIST a kind, at most kRequestsAtOnce at a time, then the logs that
// the engine asks for. Reads only. Owner: main; its event loop runs within each call. Threads: one.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "ai-ops/diagnose/live_kinds.h"
#include "ai-ops/diagnose/report.h"
#include "ai-ops/diagnosis/diagnose.h"
#include "foundation/async/context.h"
#include "foundation/kubernetes/snapshot.h"
#include "foundation/kubernetes_api/api_server.h"

namespace ai_ops::diagnose {

inline constexpr std::size_t kRequestsAtOnce = 4;
inline constexpr foundation::Milliseconds kReadTime{300'000};  // objects; as long again for logs
inline constexpr std::size_t kMaxLogsRead = 64;
inline constexpr int kLogTailLines = 2000;

struct Followed {
  Listing listing;
  std::string version;  // where a watch goes on from; empty: list first
};

struct LiveView {
  foundation::kubernetes::Snapshot objects;
  std::vector<Followed> followed;  // what was read
  std::vector<Skipped> skipped;    // kinds that the cluster has not, or does not let us read
};

class LiveCluster {
 public:
  static foundation::Result<LiveCluster> open(const foundation::kubernetes_api::Kubeconfig& kubeconfig);

  // `namespaces` empty: all. Code::unavailable, Code::deadline: it does not answer, or does not know us. Code::denied:
  // not even pods may be read, without which nothing can be said.
  foundation::Result<LiveView> read(const std::vector<std::string>& namespaces);
  // A log that cannot be read is skipped; of one that breaks off what came is read.
  std::vector<diagnosis::LogExcerpt> read_logs(const std::vector<diagnosis::LogWanted>& wanted,
                                               std::vector<Skipped>& skipped);
  foundation::async::asio::io_context& loop() const { return *loop_; }
  foundation::kubernetes_api::ApiServer& api() const { return *api_; }

 private:
  LiveCluster(std::unique_ptr<foundation::async::asio::io_context> loop,
              std::shared_ptr<foundation::kubernetes_api::ApiServer> api);

  std::unique_ptr<foundation::async::asio::io_context> loop_;
  std::shared_ptr<foundation::kubernetes_api::ApiServer> api_;
};

}  // namespace ai_ops::diagnose
