#include "api/cluster/gate.h"

namespace api::cluster {

async::Task<Gate::Place> Gate::enter() {
  // However this ends: a waiter that was woken and goes without its place has somebody else's wake-up.
  auto wake = [](Gate* gate) { gate->wake_next(); };
  std::unique_ptr<Gate, decltype(wake)> at_the_end(this, wake);
  while (free_ == 0) co_await bell_.async_wait(async::as_result);
  --free_;
  co_return Place(this, &Gate::leave);
}

void Gate::wake_next() {
  if (free_ > 0) bell_.cancel_one();
}

void Gate::leave(Gate* gate) {
  ++gate->free_;
  gate->wake_next();
}

}  // namespace api::cluster
