// bench-mock-ai-ops: answers every chat over mutual TLS with the same eight events, at once; so that what is measured
// is the control plane. A message that begins with "hold" gets the first event, then nothing until the peer hangs up.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <sstream>

#include "foundation/http/server.h"
#include "foundation/http/sse.h"

namespace bench {
namespace {

namespace async = foundation::async;
namespace http = foundation::http;
using foundation::Done;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;

constexpr std::string_view kHeld = R"("message":"hold)";
constexpr int kDeltas = 5;

std::string read_file(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

// Frame by frame, as an advisor writes them.
std::vector<std::string> answer() {
  std::vector<std::string> out;
  auto add = [&](std::string_view event, std::string_view data) {
    out.push_back(http::sse_frame(std::to_string(out.size() + 1), event, data));
  };
  add("agent", R"({"name":"workloads","task":"looks at what runs"})");
  add("tool", R"({"id":"t1","name":"snapshot","state":"finished","duration_ms":1,"summary":"41 objects"})");
  for (int i = 0; i < kDeltas; ++i)
    add("delta", R"({"text":"checkout 0/3 ready: DATABASE_URL points to postgres.shop:5433. "})");
  add("usage", R"({"model":null,"input_tokens":0,"output_tokens":0,"duration_ms":1})");
  return out;
}

async::Task<http::Reply> chat(const std::vector<std::string>& frames, async::Context&, http::Exchange& exchange) {
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "text/event-stream"}});
  if (!stream) co_return std::unexpected(stream.error());
  bool held = exchange.request().body.find(kHeld) != std::string::npos;
  for (const auto& frame : frames) {
    if (auto written = co_await (*stream)->write(frame); !written) co_return std::unexpected(written.error());
    if (!held) continue;
    if (auto slept = co_await async::sleep_for(1h); !slept) co_return std::unexpected(slept.error());
  }
  co_return http::Reply{.streamed = true};
}

async::Task<void> serve_until_signal(http::Server& server) {
  server.start();
  async::asio::signal_set signals(co_await async::asio::this_coro::executor, SIGINT, SIGTERM);
  co_await signals.async_wait(async::as_result);
  co_await server.stop(0s);
  co_return Done{};
}

foundation::Result<std::unique_ptr<http::Server>> open_server(async::asio::any_io_executor on, const std::string& where,
                                                              const std::string& pki,
                                                              const std::vector<std::string>& frames,
                                                              foundation::telemetry::Metrics& metrics) {
  auto tls = http::TlsServer::create(
      {read_file(pki + "/ai-ops.crt"), foundation::Secret(read_file(pki + "/ai-ops.key"))}, read_file(pki + "/ca.crt"));
  if (!tls) return std::unexpected(tls.error());
  auto routes = http::RouteTable::create(
      {{.method = http::Method::post,
        .pattern = "/v1/chat",
        .access = "peer",
        .deadline = 1h,
        .handler = [&frames](async::Context& ctx, http::Exchange& exchange) { return chat(frames, ctx, exchange); }}});
  if (!routes) return std::unexpected(routes.error());
  auto acceptor = http::listen_on(on, where);
  if (!acceptor) return std::unexpected(acceptor.error());
  http::Server::Options options{.name = "mock", .limits = {}, .tls = std::move(*tls)};
  return std::make_unique<http::Server>(std::move(*acceptor), std::move(*routes), std::move(options), metrics,
                                        foundation::telemetry::Log());
}

int run(const std::string& where, const std::string& pki) {
  std::signal(SIGPIPE, SIG_IGN);
  foundation::telemetry::configure_log(foundation::telemetry::LogFormat::text, foundation::telemetry::LogLevel::error);
  const auto frames = answer();
  foundation::telemetry::Metrics metrics;
  async::asio::io_context loop(1);
  auto server = open_server(loop.get_executor(), where, pki, frames, metrics);
  if (!server) {
    fmt::print(stderr, "bench-mock-ai-ops: {}\n", server.error().text());
    return 1;
  }
  async::asio::co_spawn(loop, serve_until_signal(**server), [](std::exception_ptr thrown, Done) {
    if (thrown) std::rethrow_exception(thrown);
  });
  loop.run();
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  CLI::App cli("An advisor that costs nothing");
  std::string where, pki;
  cli.add_option("--listen", where, "HOST:PORT or fd:N")->required();
  cli.add_option("--pki", pki, "folder with ca.crt, ai-ops.crt and ai-ops.key")->required();
  CLI11_PARSE(cli, argc, argv);
  return bench::run(where, pki);
}
