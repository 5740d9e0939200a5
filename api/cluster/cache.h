// What the advisor may come to see of a cluster, kept warm: one LIST and one WATCH a kind and namespace, each object
// pruned and redacted at decode (api/redaction), so that nothing unredacted is ever held. A read only cuts to
// permissions. Recovers by itself from 410, dropped watches and an absent API server (back-off with jitter). Owner: the
// ClusterSet; stop() before it goes. Threads: one executor.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "foundation/async/task_group.h"
#include "foundation/json/value.h"
#include "foundation/telemetry/log.h"
#include "foundation/telemetry/metrics.h"

namespace api::cluster {

namespace async = foundation::async;
namespace json = foundation::json;

class Cache {
 public:
  virtual ~Cache() = default;
  // Pruned objects of these namespaces (and of cluster-scoped kinds that everybody may see: Node names and capacity).
  // Shared: immutable, held by readers while the cache moves on.
  virtual std::vector<std::shared_ptr<const json::Value>> objects(const std::vector<std::string>& namespaces) const = 0;
  virtual std::uint64_t revision() const = 0;  // moves with every change
  virtual bool warm() const = 0;               // every kind has been listed once
  // Ends when the cache is warm.
  virtual async::Task<void> wait_warm(foundation::SteadyTime until) = 0;
  virtual async::asio::awaitable<void> stop() = 0;
};

}  // namespace api::cluster
