#include "tests/bench/mock_server.h"

#include <fmt/format.h>

#include <csignal>
#include <utility>

namespace bench {
namespace {

using foundation::Done;
using std::chrono_literals::operator""s;

async::Task<void> serve_until_signal(http::Server& server) {
  server.start();
  async::asio::signal_set signals(co_await async::asio::this_coro::executor, SIGINT, SIGTERM);
  co_await signals.async_wait(async::as_result);
  co_await server.stop(0s);
  co_return Done{};
}

}  // namespace

int serve(const std::string& name, const std::string& where, std::vector<http::Route> routes,
          std::optional<http::TlsServer> tls) {
  std::signal(SIGPIPE, SIG_IGN);
  foundation::telemetry::configure_log(foundation::telemetry::LogFormat::text, foundation::telemetry::LogLevel::error);
  foundation::telemetry::Metrics metrics;
  async::asio::io_context loop(1);
  auto server =
      http::Server::open(loop.get_executor(), where, std::move(routes),
                         {.name = "mock", .limits = {}, .tls = std::move(tls)}, metrics, foundation::telemetry::Log());
  if (!server) {
    fmt::print(stderr, "{}: {}\n", name, server.error().text());
    return 1;
  }
  async::asio::co_spawn(loop, serve_until_signal(**server), [](std::exception_ptr thrown, Done) {
    if (thrown) std::rethrow_exception(thrown);
  });
  loop.run();
  return 0;
}

async::Task<http::Reply> stream_out(http::Exchange& exchange, std::string content_type,
                                    const std::vector<std::string>& frames) {
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", std::move(content_type)}});
  if (!stream) co_return std::unexpected(stream.error());
  for (const auto& frame : frames)
    if (auto written = co_await (*stream)->write(frame); !written) co_return std::unexpected(written.error());
  co_return http::Reply{.streamed = true};
}

}  // namespace bench
