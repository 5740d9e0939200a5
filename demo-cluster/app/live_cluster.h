// The world in real time: ticks it, wakes watches when it has changed, and saves it. Owner: main. Threads: one
// executor.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>

#include "demo-cluster/app/demo_clock.h"
#include "demo-cluster/world/world.h"
#include "foundation/async/task.h"
#include "foundation/async/task_group.h"
#include "foundation/telemetry/log.h"

namespace demo_cluster::app {

namespace async = foundation::async;

class LiveCluster {
 public:
  struct Options {
    std::optional<std::filesystem::path> folder;  // where it is kept; nothing: in memory only
    std::filesystem::path seed;                   // manifests of a new cluster; "none": three empty nodes
    int speed = 1;                                // 0: the clock stands until advance()
  };
  // Opens what the folder holds, or founds a new cluster from the seed.
  static foundation::Result<std::unique_ptr<LiveCluster>> open(async::asio::any_io_executor on, Options options,
                                                               foundation::telemetry::Log log);

  world::World& world() { return *world_; }
  WallTime now() const { return clock_.now(); }
  // After a write: tells the watches. What controllers make of it follows with the next tick.
  void wake();
  // Lets that much time pass at once, everything in it happening in its order.
  void advance(Milliseconds by);

  // Ticks and saves until it is cancelled or its seat is draining.
  async::Task<void> keep_time(async::Seat& seat);
  // Ends when the revision is beyond `seen`, when the cluster closes, or at `until`.
  async::Task<void> wait_beyond(std::uint64_t seen, SteadyTime until);
  // Ends all watches and saves.
  void close();
  bool closing() const { return closing_; }

 private:
  LiveCluster(async::asio::any_io_executor on, Options options, std::unique_ptr<world::World> world, WallTime start,
              foundation::telemetry::Log log);
  async::Task<void> ring(std::uint64_t seen);
  void catch_up();
  void save();

  Options options_;
  std::unique_ptr<world::World> world_;
  DemoClock clock_;
  foundation::telemetry::Log log_;
  async::asio::steady_timer bell_;  // never expires; cancelled to wake who waits
  WallTime ticked_at_;
  SteadyTime saved_at_{};
  std::uint64_t woken_revision_ = 0;
  std::uint64_t saved_revision_ = 0;
  bool closing_ = false;
};

}  // namespace demo_cluster::app
