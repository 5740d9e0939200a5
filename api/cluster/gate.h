// Lets a bounded number pass at a time; the others wait. Owner: whoever bounds; outlives its places and waiters.
// Threads: one executor.
#pragma once
#include <cstddef>
#include <memory>
#include <utility>

#include "foundation/async/task.h"

namespace api::cluster {

namespace async = foundation::async;

class Gate {
 public:
  using Place = std::unique_ptr<Gate, void (*)(Gate*)>;  // given back when it goes

  Gate(async::asio::any_io_executor on, std::size_t places)
      : bell_(std::move(on), foundation::SteadyTime::max()), free_(places) {}
  async::Task<Place> enter();

 private:
  void wake_next();
  static void leave(Gate* gate);

  async::asio::steady_timer bell_;  // never expires: cancelling a wait is the signal
  std::size_t free_;
};

}  // namespace api::cluster
