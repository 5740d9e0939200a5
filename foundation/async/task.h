// Task<T>: a coroutine that ends in a Result<T>; cancellation and deadlines as values.
// Threads: a task runs on the executor it was spawned on, from start to end.
//
// Asio's default cancellation state holds inside a task (throw_if_cancelled(true)): cancellation is a level, every
// co_await after it throws operation_aborted, and in_branch turns that into Code::cancelled at the border of each
// spawned coroutine and of each branch of ||. With throw_if_cancelled(false) it would be an edge: a cancel that meets
// an already completed operation is lost and the next await hangs.
#pragma once
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <string>
#include <utility>

#include "foundation/base/clock.h"
#include "foundation/base/error.h"

namespace foundation::async {

namespace asio = boost::asio;

template <class T>
using Task = asio::awaitable<Result<T>>;

inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

Error error_from(boost::system::error_code ec, std::string doing);

// The border of a coroutine: an abort thrown inside comes out as a value. Other exceptions pass: they are bugs.
template <class T>
Task<T> in_branch(Task<T> work) {
  try {
    co_return co_await std::move(work);
  } catch (const boost::system::system_error& e) {
    if (e.code() != asio::error::operation_aborted) throw;
    co_return fail(Code::cancelled, "cancelled");
  }
}

// Ends with success at `at`, or with Code::cancelled.
Task<void> sleep_until(SteadyTime at);
Task<void> sleep_for(Milliseconds duration);

// Ends `work` at `at` with Code::deadline; returns only after `work` has really ended.
template <class T>
Task<T> with_deadline(SteadyTime at, Task<T> work) {
  using namespace asio::experimental::awaitable_operators;
  auto first = co_await (in_branch<T>(std::move(work)) || in_branch<void>(sleep_until(at)));
  if (first.index() == 0) co_return std::get<0>(std::move(first));
  if (!std::get<1>(first)) co_return std::unexpected(std::get<1>(first).error());  // cancelled from outside
  co_return fail(Code::deadline, "deadline passed");
}

// From here on this coroutine cannot be cancelled: for clean-up that itself awaits, and for work with a durable intent.
inline auto shield_from_cancellation() {
  return asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
}

}  // namespace foundation::async
