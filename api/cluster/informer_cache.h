// cache.h by informers: one a namespaced kind and namespace, one for the Nodes. Owner: the Cluster. Threads: one
// executor.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "api/cluster/cache.h"
#include "api/cluster/informer.h"
#include "foundation/async/task_group.h"

namespace api::cluster {

using foundation::Result;
// Of one cluster. Each holds a page and a TLS handshake: all at once took three times the memory that they need later.
inline constexpr std::size_t kBeginAtATime = 16;

// Ends its waiters when it is raised, those that come later at once.
class Flag {
 public:
  explicit Flag(async::asio::any_io_executor on) : timer_(std::move(on), foundation::SteadyTime::max()) {}
  async::Task<void> wait();
  void raise();
  bool raised() const { return raised_; }

 private:
  async::asio::steady_timer timer_;  // never expires: cancelling it is the signal
  bool raised_ = false;
};

class InformerCache final : public Cache {
 public:
  struct Parts {
    std::shared_ptr<ApiServer> api;
    redaction::Pseudonyms& pseudonyms;
    foundation::telemetry::Metrics& metrics;
    foundation::telemetry::Log log;
  };
  // Starts at once, a member of `tasks` for each informer. Code::invalid for what is no namespace's name.
  static Result<std::unique_ptr<InformerCache>> start(async::TaskGroup& tasks, Parts parts,
                                                      std::vector<std::string> namespaces);

  std::vector<SharedObject> objects(const std::vector<std::string>& namespaces, Kinds kinds) const override;
  SharedObject find(const ObjectRef& ref) const override;
  std::uint64_t revision() const override { return revision_; }
  bool warm() const override { return warm_.raised(); }
  async::Task<void> wait_warm(foundation::SteadyTime until) override;
  async::asio::awaitable<void> stop() override;

 private:
  InformerCache(async::asio::any_io_executor on, Parts parts);
  foundation::Done add(const Kind& kind, const std::string& namespace_name);
  async::Task<void> run(Informer& informer, async::Seat& seat);
  void changed();

  // Held by each member of the group for as long as it exists, whether it came to run or not.
  class Running {
   public:
    explicit Running(InformerCache& cache) : cache_(&cache, &InformerCache::one_ended) { ++cache.running_; }

   private:
    std::unique_ptr<InformerCache, void (*)(InformerCache*)> cache_;
  };
  static void one_ended(InformerCache* cache);

  Parts parts_;
  std::vector<std::unique_ptr<Informer>> informers_;
  Gate gate_;
  std::uint64_t revision_;
  std::size_t running_ = 0;
  Flag warm_;
  Flag stopping_;
  Flag ended_;
};

}  // namespace api::cluster
