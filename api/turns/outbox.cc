#include "api/turns/outbox.h"

#include <utility>

namespace api::turns {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::SteadyTime;

Outbox::Outbox(async::asio::any_io_executor on) : filled_(on, SteadyTime::max()), emptied_(on, SteadyTime::max()) {}

void Outbox::put_now(Event event) {
  if (closed_) return;
  events_.push_back(std::move(event));
  filled_.cancel();
}

async::Task<void> Outbox::put(Event event) {
  while (events_.size() >= kOutboxEvents && !closed_) {
    emptied_.expires_at(SteadyTime::max());
    co_await emptied_.async_wait(async::as_result);
  }
  if (closed_) co_return fail(Code::cancelled, "put event", "the stream is closed");
  put_now(std::move(event));
  co_return Done{};
}

void Outbox::close() {
  closed_ = true;
  filled_.cancel();
  emptied_.cancel();
}

async::Task<std::vector<Event>> Outbox::take(SteadyTime until) {
  while (events_.empty()) {
    if (closed_) co_return fail(Code::not_found, "take event", "closed");
    if (std::chrono::steady_clock::now() >= until) break;
    filled_.expires_at(until);
    co_await filled_.async_wait(async::as_result);
  }
  emptied_.cancel();
  co_return std::exchange(events_, {});
}

}  // namespace api::turns
