// Places at the replicas of a model, and the queue before them: first come, first served, bounded by a limit and each
// by its own deadline. Who is dropped leaves the queue, or gives its place back. Owner: ReplicaSet; outlives the
// places. Threads: one executor.
#pragma once
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "ai-ops/llm/replica_choice.h"
#include "ai-ops/llm/replica_health.h"
#include "ai-ops/llm/server.h"
#include "foundation/telemetry/metrics.h"

namespace ai_ops::llm {

struct Replica {
  std::string address;
  std::unique_ptr<Server> server;
  ReplicaHealth health;
  async::asio::steady_timer look;  // the wait for the next one
  int in_flight = 0;
  bool gone = false;  // finishes what it does
};

struct QueueLimits {
  ChoiceLimits choice = {};
  std::size_t waiting = 16;  // a replica; beyond it Code::rate_limited at once
};

class ReplicaPool {
 public:
  class Place {
   public:
    Place(ReplicaPool& pool, std::shared_ptr<Replica> replica);
    Place(Place&& other) noexcept = default;
    Place& operator=(Place&&) = delete;
    ~Place();
    Replica& operator*() const { return *replica_; }
    Replica* operator->() const { return replica_.get(); }
    void answered();  // the first token is here

   private:
    ReplicaPool* pool_;
    std::shared_ptr<Replica> replica_;
    foundation::SteadyTime since_;
    bool answered_ = false;
  };
  using Addresses = std::vector<std::string>;

  ReplicaPool(async::asio::any_io_executor on, QueueLimits limits, foundation::telemetry::Metrics& metrics);
  ~ReplicaPool();  // aborts the process when a place is still taken: it would outlive its pool

  // At none of `tried`. Code::unavailable as soon as no other replica is alive, rate_limited when the queue is full,
  // deadline.
  async::Task<Place> take(async::Context& ctx, std::string session, Addresses tried);

  void add(std::shared_ptr<Replica> replica);
  void remove(const std::shared_ptr<Replica>& replica);
  void serve();  // whoever can be served now that a replica has come, gone or changed
  // Shared with places and with the watch of the replica: one that is removed finishes what it does.
  const std::vector<std::shared_ptr<Replica>>& replicas() const { return replicas_; }

 private:
  class Waiter;
  std::expected<std::shared_ptr<Replica>, NoReplica> choose(const Waiter& waiter) const;
  std::size_t alive() const;

  async::asio::any_io_executor on_;
  QueueLimits limits_;
  foundation::telemetry::Gauge in_flight_, waiting_;
  std::vector<std::shared_ptr<Replica>> replicas_;
  std::list<Waiter*> queue_;
  std::size_t places_ = 0;
  Milliseconds an_answer_;  // how long one takes, smoothed
};

}  // namespace ai_ops::llm
