// bench-mock-model: an Ollama that costs nothing. Asked with tools, it calls `diagnose` for checkout; else it tells in
// twenty chunks what the demo's checkout suffers from. So that what is measured is a turn of the advisor.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>

#include "tests/bench/mock_server.h"

namespace bench {
namespace {

using std::chrono_literals::operator""h;

constexpr std::string_view kStream = "application/x-ndjson";
constexpr std::string_view kAsksWithTools = R"("tools":)";
constexpr std::string_view kShown =
    R"({"capabilities":["completion","tools"],"model_info":{"general.architecture":"mock","mock.context_length":8192}})";
constexpr std::string_view kRunning = R"({"models":[{"name":"mock:latest","model":"mock:latest"}]})";
constexpr std::string_view kCall =
    R"({"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"diagnose",)"
    R"("arguments":{"name":"checkout"}}}]},"done":false})"
    "\n";
constexpr std::string_view kEnd =
    R"({"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":400,"eval_count":20})"
    "\n";
constexpr std::array kChunks{"checkout", " crashes", " at",   " start", ":",     " DATABASE", "_URL",
                             " points",  " to",      " pos",  "tgres",  ".shop", ":54",       "33",
                             ", the",    " Service", " list", "ens on", " 5432", " [F1]."};

std::vector<std::string> call() { return {std::string(kCall), std::string(kEnd)}; }

std::vector<std::string> narration() {
  std::vector<std::string> out;
  for (const char* chunk : kChunks)
    out.push_back(fmt::format("{{\"message\":{{\"role\":\"assistant\",\"content\":\"{}\"}},\"done\":false}}\n", chunk));
  out.emplace_back(kEnd);
  return out;
}

async::Task<http::Reply> chat(async::Context&, http::Exchange& exchange) {
  static const auto kCalling = call(), kTelling = narration();
  bool with_tools = exchange.request().body.find(kAsksWithTools) != std::string::npos;
  co_return co_await stream_out(exchange, std::string(kStream), with_tools ? kCalling : kTelling);
}

async::Task<http::Reply> say(std::string_view json, async::Context&, http::Exchange&) {
  co_return http::Reply{.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = std::string(json)};
}

http::Route route(http::Method method, std::string pattern, http::Handler handler) {
  return {.method = method,
          .pattern = std::move(pattern),
          .access = "anyone",
          .deadline = 1h,
          .handler = std::move(handler)};
}

http::Handler saying(std::string_view json) {
  return [json](async::Context& ctx, http::Exchange& exchange) { return say(json, ctx, exchange); };
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  using foundation::http::Method;
  CLI::App cli("A model that costs nothing");
  std::string where;
  cli.add_option("--listen", where, "HOST:PORT or fd:N")->required();
  CLI11_PARSE(cli, argc, argv);
  return bench::serve("bench-mock-model", where,
                      {bench::route(Method::post, "/api/chat", bench::chat),
                       bench::route(Method::post, "/api/show", bench::saying(bench::kShown)),
                       bench::route(Method::get, "/api/ps", bench::saying(bench::kRunning))});
}
