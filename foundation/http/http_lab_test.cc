#include "foundation/http/http_lab.h"

#include <chrono>
#include <stdexcept>

namespace foundation::http {
namespace {

using namespace std::chrono_literals;

// Counts a handler while it lives; a coroutine that is cancelled by a throw is counted too.
struct Present {
  explicit Present(HttpLab& l) : lab(l) { ++lab.handlers_live, ++lab.handled; }
  ~Present() { --lab.handlers_live; }
  HttpLab& lab;
};

async::Task<Reply> hello(async::Context&, Exchange&) { co_return text_reply(200, "hello"); }
async::Task<Reply> special(async::Context&, Exchange&) { co_return text_reply(200, "special"); }
async::Task<Reply> item(async::Context&, Exchange& exchange) {
  co_return text_reply(200, "item " + std::string(exchange.path_value("id")));
}
async::Task<Reply> echo(async::Context&, Exchange& exchange) { co_return text_reply(200, exchange.request().body); }
async::Task<Reply> whoami(async::Context& ctx, Exchange& exchange) {
  co_return text_reply(200, exchange.peer().thumbprint + " " + ctx.request_id);
}
async::Task<Reply> throws(async::Context&, Exchange&) {
  throw std::runtime_error("secret cause");
  co_return Reply{};
}
async::Task<Reply> conflict(async::Context&, Exchange&) { co_return fail(Code::conflict, "change", "it moved"); }
async::Task<Reply> smuggle(async::Context&, Exchange&) {
  co_return Reply{.headers = {{"X-Good", "1"}, {"X-Bad", "1\r\nX-Evil: 1"}, {"Content-Length", "3"}}, .body = "hello"};
}

async::Task<Reply> silent(HttpLab& lab, async::Context&, Exchange&) {
  Present present(lab);
  auto slept = co_await async::sleep_for(10min);
  if (!slept && slept.error().code == Code::cancelled) ++lab.handlers_cancelled;
  co_return fail(Code::internal, "sleep");
}

async::Task<Reply> stream_bytes(HttpLab& lab, Exchange& exchange, std::size_t total) {
  Present present(lab);
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "application/octet-stream"}});
  if (!stream) co_return std::unexpected(stream.error());
  std::string piece(4096, 'x');
  for (std::size_t sent = 0; sent < total; sent += piece.size()) {
    if (auto written = co_await (*stream)->write(piece); !written) co_return std::unexpected(written.error());
    lab.streamed_bytes += piece.size();
  }
  co_return Reply{.streamed = true};
}
async::Task<Reply> one_then_silent(HttpLab& lab, async::Context&, Exchange& exchange) {
  Present present(lab);
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "text/event-stream"}});
  if (!stream) co_return std::unexpected(stream.error());
  if (auto written = co_await (*stream)->write("data: one\n\n"); !written) co_return std::unexpected(written.error());
  auto slept = co_await async::sleep_for(10min);
  if (!slept && slept.error().code == Code::cancelled) ++lab.handlers_cancelled;
  co_return std::unexpected(slept ? Error{} : slept.error());
}
async::Task<Reply> breaks_off(async::Context&, Exchange& exchange) {
  auto stream = co_await exchange.begin_stream(200, {});
  if (!stream) co_return std::unexpected(stream.error());
  if (auto written = co_await (*stream)->write("half"); !written) co_return std::unexpected(written.error());
  co_return fail(Code::io, "produce", "lost");
}

// What the control plane does with the advisor's answer.
async::Task<Reply> relay(HttpLab& lab, async::Context& ctx, Exchange& exchange) {
  Present present(lab);
  auto upstream = co_await lab.relay_client->open(ctx, {.target = std::string(exchange.target().query.at("of"))});
  if (!upstream) co_return std::unexpected(upstream.error());
  auto stream = co_await exchange.begin_stream((*upstream)->status(), (*upstream)->headers());
  if (!stream) co_return std::unexpected(stream.error());
  for (;;) {
    auto piece = co_await (*upstream)->read();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) co_return Reply{.streamed = true};
    if (auto written = co_await (*stream)->write(*piece); !written) co_return std::unexpected(written.error());
  }
}

RouteTable lab_routes(HttpLab& lab) {
  auto bind = [&lab](auto handler) {
    return [&lab, handler](async::Context& ctx, Exchange& exchange) { return handler(lab, ctx, exchange); };
  };
  auto streaming = [&lab](std::size_t total) {
    return [&lab, total](async::Context&, Exchange& exchange) { return stream_bytes(lab, exchange, total); };
  };
  std::vector<Route> routes{
      {Method::get, "/hello", "anonymous", 0, 5s, hello},
      {Method::get, "/items/{id}", "anonymous", 0, 5s, item},
      {Method::get, "/items/special", "anonymous", 0, 5s, special},
      {Method::post, "/echo", "anonymous", 1000, 5s, echo},
      {Method::get, "/whoami", "anonymous", 0, 5s, whoami},
      {Method::get, "/throws", "anonymous", 0, 5s, throws},
      {Method::get, "/conflict", "anonymous", 0, 5s, conflict},
      {Method::get, "/smuggle", "anonymous", 0, 5s, smuggle},
      {Method::get, "/silent", "anonymous", 0, 10min, bind(silent)},
      {Method::get, "/hasty", "anonymous", 0, 50ms, bind(silent)},
      {Method::get, "/flood", "anonymous", 0, 10min, streaming(std::size_t{1} << 40)},
      {Method::get, "/big", "anonymous", 0, 10min, streaming(std::size_t{24} << 20)},
      {Method::get, "/one", "anonymous", 0, 10min, bind(one_then_silent)},
      {Method::get, "/breaks", "anonymous", 0, 10min, breaks_off},
      {Method::get, "/relay", "anonymous", 0, 10min, bind(relay)},
  };
  auto table = RouteTable::create(std::move(routes));
  if (!table) throw std::logic_error(table.error().text());
  return std::move(*table);
}

}  // namespace

void HttpLab::run(Scenario scenario) {
  bool ended = false;
  async::asio::co_spawn(loop_, run_and_stop(scenario), [&](std::exception_ptr thrown, Done done) {
    EXPECT_FALSE(thrown) << "the scenario threw";
    if (!thrown) EXPECT_TRUE(done.has_value()) << done.error().text();
    ended = true;
  });
  loop_.run_for(60s);
  ASSERT_TRUE(ended) << "the scenario hangs";
}

async::Task<void> HttpLab::run_and_stop(Scenario scenario) {
  auto result = co_await scenario(*this);
  for (auto& server : servers_) co_await server->stop(0ms);
  relay_client.reset();
  co_return result;
}

Server& HttpLab::start_server(Server::Options options) {
  auto acceptor = listen_on(on(), "127.0.0.1:0");
  if (!acceptor) throw std::runtime_error(acceptor.error().text());
  servers_.push_back(
      std::make_unique<Server>(std::move(*acceptor), lab_routes(*this), std::move(options), metrics, telemetry::Log()));
  servers_.back()->start();
  return *servers_.back();
}

std::unique_ptr<Client> HttpLab::client(Client::Options options) {
  if (options.base_url.empty()) options.base_url = (options.tls ? "https://" : "http://") + address();
  auto made = Client::create(on(), std::move(options));
  if (!made) throw std::runtime_error(made.error().text());
  return std::move(*made);
}

async::Task<std::unique_ptr<Connection>> HttpLab::dial() {
  auto colon = address().rfind(':');
  co_return co_await Connection::connect(address().substr(0, colon), address().substr(colon + 1), nullptr);
}

async::Task<std::string> HttpLab::talk(std::string bytes) {
  auto connection = co_await dial();
  if (!connection) co_return std::unexpected(connection.error());
  // The server may refuse before it has read everything.
  (void)co_await (*connection)->write(bytes);
  std::string received;
  auto until = std::chrono::steady_clock::now() + 10s;
  for (;;) {
    auto got = co_await (*connection)->read_some(received, 16 << 10, until);
    if (!got) co_return fail_with("after '" + received + "'", got.error());
    if (*got == 0) co_return received;
  }
}

async::Task<std::string> HttpLab::read_until(Connection& connection, std::string text) {
  std::string received;
  auto until = std::chrono::steady_clock::now() + 10s;
  while (!received.contains(text)) {
    auto got = co_await connection.read_some(received, 16 << 10, until);
    if (!got) co_return fail_with("after '" + received + "'", got.error());
    if (*got == 0) co_return fail(Code::io, "read until " + text, "closed after '" + received + "'");
  }
  co_return received;
}

async::Task<bool> HttpLab::becomes(std::function<bool()> holds) {
  auto until = std::chrono::steady_clock::now() + 10s;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) co_return false;
    if (auto slept = co_await async::sleep_for(1ms); !slept) co_return std::unexpected(slept.error());
  }
  co_return true;
}

async::Context HttpLab::context(Milliseconds budget) const {
  return {"test", std::chrono::steady_clock::now() + budget, telemetry::Log()};
}

}  // namespace foundation::http
