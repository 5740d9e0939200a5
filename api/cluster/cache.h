// What the advisor may come to see of a cluster, kept warm: one LIST and one WATCH a kind and namespace, each object
// pruned and redacted at decode (api/redaction), so that nothing unredacted is ever held. A read only cuts to
// permissions. Recovers by itself from 410, dropped watches and an absent API server (back-off with jitter); what our
// service account may not see stays empty. Owner: the Cluster; stop() before it goes. Threads: one executor.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/cluster/held_object.h"
#include "foundation/async/task.h"

namespace api::cluster {

namespace async = foundation::async;
namespace json = foundation::json;
using foundation::kubernetes::ObjectRef;

class Cache {
 public:
  virtual ~Cache() = default;
  using Kinds = std::span<const std::string_view>;
  // Objects of these namespaces and the Nodes; of these kinds, or of every kind when none is named.
  virtual std::vector<SharedObject> objects(const std::vector<std::string>& namespaces, Kinds kinds = {}) const = 0;
  // By kind, namespace and name; null when there is none.
  virtual SharedObject find(const ObjectRef& ref) const = 0;
  // Moves with every change; never the same for two states, also not after a restart or in another replica.
  virtual std::uint64_t revision() const = 0;
  virtual bool warm() const = 0;  // every kind has been listed once, or cannot be seen
  // Ends when the cache is warm.
  virtual async::Task<void> wait_warm(foundation::SteadyTime until) = 0;
  virtual async::asio::awaitable<void> stop() = 0;
};

}  // namespace api::cluster
