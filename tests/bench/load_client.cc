// bench-load-client: users that chat, on kept-alive connections, each reading its stream of events to the end. Prints
// one line of JSON. With --hold it opens the streams, says so, and keeps them open until its standard input ends.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>

#include "foundation/async/task_group.h"
#include "foundation/http/client.h"

namespace bench {
namespace {

namespace async = foundation::async;
namespace http = foundation::http;
using foundation::Done;
using foundation::Milliseconds;
using std::chrono_literals::operator""h;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kLastEvent = "event: done\n";
constexpr std::size_t kTail = 512;  // the last event fits into it

struct Plan {
  std::string url, path, message, tokens_file;
  std::size_t clients = 8, requests = 1000, first_token = 0;
  bool hold = false;
};

class Load {
 public:
  Load(async::asio::any_io_executor on, Plan plan, std::vector<std::string> tokens)
      : plan_(std::move(plan)), tokens_(std::move(tokens)), group_(on, {}), until_(on) {}
  foundation::Done connect(async::asio::any_io_executor on);
  async::Task<void> run();
  void print() const;
  bool went_well() const { return failures_ == 0 && !latencies_.empty(); }

 private:
  async::Task<void> chat_until_done();
  async::Task<void> hold_one();
  async::Task<void> one_chat(std::size_t number);
  async::Task<std::unique_ptr<http::ResponseStream>> open(std::size_t number);
  void failed(std::string what);

  Plan plan_;
  std::vector<std::string> tokens_;
  async::TaskGroup group_;
  async::asio::posix::stream_descriptor until_;  // standard input
  std::unique_ptr<http::Client> client_;
  std::size_t next_ = 0, holding_ = 0, failures_ = 0, bytes_ = 0;
  std::string first_failure_;
  std::vector<Clock::duration> latencies_;
  Clock::duration took_{};
};

Done Load::connect(async::asio::any_io_executor on) {
  auto client = http::Client::create(
      on, {.base_url = plan_.url, .idle_connections = plan_.clients, .connections = plan_.clients + 1});
  if (!client) return std::unexpected(client.error());
  client_ = std::move(*client);
  return {};
}

async::Task<std::unique_ptr<http::ResponseStream>> Load::open(std::size_t number) {
  async::Context ctx{"load", Clock::now() + 1h, {}};
  http::Request request{.method = http::Method::post, .target = plan_.path};
  request.headers.add("Authorization", "Bearer " + tokens_[(plan_.first_token + number) % tokens_.size()]);
  request.headers.add("Content-Type", "application/json");
  request.body = fmt::format(R"({{"message": "{}"}})", plan_.message);
  co_return co_await client_->open(ctx, std::move(request));
}

async::Task<void> Load::one_chat(std::size_t number) {
  auto began = Clock::now();
  auto stream = co_await open(number);
  if (!stream) co_return std::unexpected(stream.error());
  std::string tail;
  for (;;) {
    auto bytes = co_await (*stream)->read();
    if (!bytes) co_return std::unexpected(bytes.error());
    if (bytes->empty()) break;
    bytes_ += bytes->size();
    tail += *bytes;
    if (tail.size() > kTail) tail.erase(0, tail.size() - kTail);
  }
  if ((*stream)->status() != 200 || tail.find(kLastEvent) == std::string::npos)
    co_return foundation::fail(foundation::Code::corrupt, fmt::format("{} {}", (*stream)->status(), tail));
  latencies_.push_back(Clock::now() - began);
  co_return Done{};
}

void Load::failed(std::string what) {
  if (failures_++ == 0) first_failure_ = std::move(what);
}

async::Task<void> Load::chat_until_done() {
  while (next_ < plan_.requests)
    if (auto done = co_await one_chat(next_++); !done) failed(done.error().text());
  co_return Done{};
}

// Counted once its first event is there: everything behind it is then in place.
async::Task<void> Load::hold_one() {
  auto stream = co_await open(next_++);
  foundation::Result<std::string> bytes = foundation::fail(foundation::Code::unavailable, "not opened");
  if (stream) bytes = co_await (*stream)->read();
  if (bytes && (*stream)->status() == 200)
    ++holding_;
  else
    failed(!stream ? stream.error().text() : bytes ? *bytes : bytes.error().text());
  if (holding_ + failures_ == plan_.clients) {
    fmt::print("holding {}\n", holding_);
    std::fflush(stdout);
  }
  while (bytes && !bytes->empty()) bytes = co_await (*stream)->read();
  co_return Done{};
}

async::Task<void> Load::run() {
  auto began = Clock::now();
  for (std::size_t i = 0; i < plan_.clients; ++i)
    group_.spawn([this](async::Seat&) { return plan_.hold ? hold_one() : chat_until_done(); });
  if (plan_.hold) {
    until_.assign(STDIN_FILENO);
    char byte = 0;
    co_await until_.async_read_some(async::asio::buffer(&byte, 1), async::as_result);
    group_.cancel();
  }
  co_await group_.wait(Milliseconds(1h));
  took_ = Clock::now() - began;
  std::ranges::sort(latencies_);
  co_return Done{};
}

void Load::print() const {
  auto micros = [](Clock::duration time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  };
  auto at = [&](std::size_t percent) {
    return latencies_.empty() ? 0 : micros(latencies_[(latencies_.size() - 1) * percent / 100]);
  };
  fmt::print(R"({{"chats": {}, "failures": {}, "us": {}, "p50_us": {}, "p99_us": {}, "bytes": {}, "held": {}}})"
             "\n",
             latencies_.size(), failures_, micros(took_), at(50), at(99), bytes_, holding_);
  if (failures_ > 0) fmt::print(stderr, "bench-load-client: {} failures, the first: {}\n", failures_, first_failure_);
}

int run(Plan plan) {
  std::signal(SIGPIPE, SIG_IGN);
  std::vector<std::string> tokens;
  std::ifstream file(plan.tokens_file);
  for (std::string line; std::getline(file, line);) tokens.push_back(line);
  if (tokens.empty()) {
    fmt::print(stderr, "bench-load-client: no tokens in {}\n", plan.tokens_file);
    return 2;
  }
  bool holds = plan.hold;
  async::asio::io_context loop(1);
  Load load(loop.get_executor(), std::move(plan), std::move(tokens));
  if (auto done = load.connect(loop.get_executor()); !done) {
    fmt::print(stderr, "bench-load-client: {}\n", done.error().text());
    return 2;
  }
  async::asio::co_spawn(loop, async::in_branch<void>(load.run()), [](std::exception_ptr thrown, Done) {
    if (thrown) std::rethrow_exception(thrown);
  });
  loop.run();
  load.print();
  return holds || load.went_well() ? 0 : 1;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  CLI::App cli("Chats as many users, and measures");
  bench::Plan plan;
  cli.add_option("--url", plan.url, "http://HOST:PORT")->required();
  cli.add_option("--path", plan.path, "of the chat route")->required();
  cli.add_option("--tokens", plan.tokens_file, "file with one session token a line, used in turn")->required();
  cli.add_option("--first-token", plan.first_token, "where to begin in that file");
  cli.add_option("--clients", plan.clients, "how many chat at the same time");
  cli.add_option("--requests", plan.requests, "how many chats in all");
  cli.add_option("--message", plan.message, "what everybody says")->required();
  cli.add_flag("--hold", plan.hold, "one stream a client, kept open until standard input ends");
  CLI11_PARSE(cli, argc, argv);
  return bench::run(std::move(plan));
}
