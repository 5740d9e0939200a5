// Runs blocking work on threads of its own and resumes the caller on its executor. The work cannot be cancelled: its
// closure owns everything it touches, and the work bounds itself.
#pragma once
#include <type_traits>
#include <utility>

#include "foundation/async/task.h"

namespace foundation::async {

template <class F>
auto on_pool(asio::thread_pool& pool, F work) -> asio::awaitable<std::invoke_result_t<F>> {
  using R = std::invoke_result_t<F>;
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(R)>(
      [&pool](auto handler, F job) {
        auto back = asio::get_associated_executor(handler);
        asio::post(pool,
                   [handler = std::move(handler), job = std::move(job), guard = asio::make_work_guard(back)]() mutable {
                     auto result = job();
                     auto on = guard.get_executor();
                     asio::dispatch(on, [handler = std::move(handler), result = std::move(result)]() mutable {
                       std::move(handler)(std::move(result));
                     });
                   });
      },
      asio::use_awaitable, std::move(work));
}

}  // namespace foundation::async
