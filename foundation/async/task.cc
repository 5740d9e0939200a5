#include "foundation/async/task.h"

namespace foundation::async {

Error error_from(boost::system::error_code ec, std::string doing) {
  return {ec == asio::error::operation_aborted ? Code::cancelled : Code::io, std::move(doing), ec.message()};
}

Task<void> sleep_until(SteadyTime at) {
  asio::steady_timer timer(co_await asio::this_coro::executor, at);
  auto [ec] = co_await timer.async_wait(as_result);
  if (ec) co_return std::unexpected(error_from(ec, "wait"));
  co_return Done{};
}

Task<void> sleep_for(Milliseconds duration) { return sleep_until(std::chrono::steady_clock::now() + duration); }

}  // namespace foundation::async
