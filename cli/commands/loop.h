// Runs tasks to their end on a loop of its own, one at a time; Ctrl-C ends the one that runs. Owner: one command.
// Threads: the caller's.
#pragma once
#include <csignal>
#include <exception>
#include <optional>
#include <utility>

#include "foundation/async/task.h"

namespace cli::commands {

namespace async = foundation::async;

class Loop {
 public:
  async::asio::any_io_executor executor() { return io_.get_executor(); }

  // Code::cancelled after Ctrl-C.
  template <class T>
  foundation::Result<T> run(async::Task<T> task) {
    std::optional<foundation::Result<T>> result;
    std::exception_ptr thrown;
    async::asio::co_spawn(io_, until_interrupted<T>(std::move(task)),
                          [&](std::exception_ptr threw, foundation::Result<T> ended) {
                            thrown = threw;
                            result.emplace(std::move(ended));
                          });
    io_.restart();
    io_.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
  }

 private:
  static async::Task<void> interrupt() {
    async::asio::signal_set signals(co_await async::asio::this_coro::executor, SIGINT);
    auto [error, which] = co_await signals.async_wait(async::as_result);
    if (error) co_return std::unexpected(async::error_from(error, "wait for a signal"));
    co_return foundation::Done{};
  }

  template <class T>
  static async::Task<T> until_interrupted(async::Task<T> task) {
    // In this order: Ctrl-C is listened for before the task takes its first step.
    auto [interrupted, result] = co_await async::race(interrupt(), std::move(task));
    if (result) co_return std::move(*result);
    co_return foundation::fail(foundation::Code::cancelled, "wait for the answer", "interrupted");
  }

  async::asio::io_context io_{1};
};

}  // namespace cli::commands
