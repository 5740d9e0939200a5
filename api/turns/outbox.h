// The events of one open turn on their way to its client: the advisor's stream and the control plane's own records come
// in, one writer takes them out in order. Bounded: the advisor's reader waits while it is full; the control plane's own
// events never wait (their number is bounded by the operations of a turn). Owner: the chat use case, on its frame.
// Threads: one executor.
#pragma once
#include <vector>

#include "api/turns/events.h"
#include "foundation/async/task.h"

namespace api::turns {

namespace async = foundation::async;

inline constexpr std::size_t kOutboxEvents = 32;

class Outbox {
 public:
  explicit Outbox(async::asio::any_io_executor on);
  void put_now(Event event);
  async::Task<void> put(Event event);  // waits while full
  void close();                        // what is in it is still delivered
  // All that wait, so that a burst costs its client one write; none when `until` came first; Code::not_found when
  // closed and empty.
  async::Task<std::vector<Event>> take(foundation::SteadyTime until);

 private:
  std::vector<Event> events_;
  bool closed_ = false;
  async::asio::steady_timer filled_;
  async::asio::steady_timer emptied_;
};

}  // namespace api::turns
