// Task<T>: a coroutine that ends in a Result<T>; cancellation and deadlines as values.
// Threads: a task runs on the executor it was spawned on, from start to end.
//
// Asio's default cancellation state holds inside a task (throw_if_cancelled(true)): cancellation is a level, every
// co_await after it throws operation_aborted, and in_branch turns that into Code::cancelled at the border of each
// spawned coroutine and of each branch of ||. With throw_if_cancelled(false) it would be an edge: a cancel that meets
// an already completed operation is lost and the next await hangs.
#pragma once
#include <boost/asio.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <exception>
#include <optional>
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

namespace detail {
template <class T>
asio::awaitable<std::optional<Result<T>>> as_branch(Task<T> work) {  // optional: a Result<T> may have no default
  co_return co_await in_branch(std::move(work));
}
}  // namespace detail

// Ends with success at `at`, or with Code::cancelled.
Task<void> sleep_until(SteadyTime at);
Task<void> sleep_for(Milliseconds duration);

// Runs both; the one that ends first cancels the other; returns after both have ended. The first ended is the one set.
// An exception of the first passes on at once: Asio's || would wait for the other to succeed.
template <class T, class U>
asio::awaitable<std::pair<std::optional<Result<T>>, std::optional<Result<U>>>> race(Task<T> first, Task<U> second) {
  auto on = co_await asio::this_coro::executor;
  auto [order, threw_first, one, threw_second, two] =
      co_await asio::experimental::make_parallel_group(
          asio::co_spawn(on, detail::as_branch<T>(std::move(first)), asio::deferred),
          asio::co_spawn(on, detail::as_branch<U>(std::move(second)), asio::deferred))
          .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  if (auto threw = order[0] == 0 ? threw_first : threw_second) std::rethrow_exception(threw);
  if (order[0] == 0) co_return std::pair(std::move(one), std::optional<Result<U>>());
  co_return std::pair(std::optional<Result<T>>(), std::move(two));
}

// Ends `work` at `at` with Code::deadline; returns only after `work` has really ended.
template <class T>
Task<T> with_deadline(SteadyTime at, Task<T> work) {
  if (at == SteadyTime::max()) co_return co_await in_branch(std::move(work));
  auto [result, expiry] = co_await race(std::move(work), sleep_until(at));
  if (result) co_return std::move(*result);
  if (!*expiry) co_return std::unexpected(expiry->error());  // cancelled from outside
  co_return fail(Code::deadline, "deadline passed");
}

// From here on this coroutine cannot be cancelled: for clean-up that itself awaits, and for work with a durable intent.
inline auto shield_from_cancellation() {
  return asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
}

}  // namespace foundation::async
