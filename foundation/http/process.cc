#include "foundation/http/process.h"

#include <sys/resource.h>

#include <csignal>
#include <cstdio>

namespace foundation::http {

void prepare_process() {
  std::signal(SIGPIPE, SIG_IGN);
  rlimit descriptors{};
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return;
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
}

int run_to_end(const char* program, async::asio::io_context& loop, async::Task<void> work) {
  Done ended;
  async::asio::co_spawn(loop, async::in_branch<void>(std::move(work)), [&](std::exception_ptr thrown, Done result) {
    if (thrown) std::rethrow_exception(thrown);
    ended = std::move(result);
  });
  loop.run();
  if (ended) return 0;
  std::fprintf(stderr, "%s: %s\n", program, ended.error().text().c_str());
  return 1;
}

async::Task<int> stop_signal() {
  async::asio::signal_set signals(co_await async::asio::this_coro::executor, SIGINT, SIGTERM);
  auto [ec, which] = co_await signals.async_wait(async::as_result);
  if (ec) co_return std::unexpected(async::error_from(ec, "wait for a signal"));
  co_return which;
}

}  // namespace foundation::http
