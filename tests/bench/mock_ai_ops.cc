// bench-mock-ai-ops: answers every chat over mutual TLS with the same eight events, at once; so that what is measured
// is the control plane. A message that begins with "hold" gets the first event, then nothing until the peer hangs up.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <sstream>

#include "foundation/http/sse.h"
#include "tests/bench/mock_server.h"

namespace bench {
namespace {

using std::chrono_literals::operator""h;

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

async::Task<http::Reply> hold(http::Exchange& exchange, const std::string& first) {
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "text/event-stream"}});
  if (!stream) co_return std::unexpected(stream.error());
  if (auto written = co_await (*stream)->write(first); !written) co_return std::unexpected(written.error());
  if (auto slept = co_await async::sleep_for(1h); !slept) co_return std::unexpected(slept.error());
  co_return http::Reply{.streamed = true};
}

async::Task<http::Reply> chat(const std::vector<std::string>& frames, async::Context&, http::Exchange& exchange) {
  bool held = exchange.request().body.find(kHeld) != std::string::npos;
  if (held) co_return co_await hold(exchange, frames.front());
  co_return co_await stream_out(exchange, "text/event-stream", frames);
}

int run(const std::string& where, const std::string& pki) {
  auto tls = http::TlsServer::create(
      {read_file(pki + "/ai-ops.crt"), foundation::Secret(read_file(pki + "/ai-ops.key"))}, read_file(pki + "/ca.crt"));
  if (!tls) {
    fmt::print(stderr, "bench-mock-ai-ops: {}\n", tls.error().text());
    return 1;
  }
  const auto frames = answer();
  return serve(
      "bench-mock-ai-ops", where,
      {{.method = http::Method::post,
        .pattern = "/v1/chat",
        .access = "peer",
        .deadline = 1h,
        .handler = [&frames](async::Context& ctx, http::Exchange& exchange) { return chat(frames, ctx, exchange); }}},
      std::move(*tls));
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
