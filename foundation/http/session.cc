#include "foundation/http/session.h"

#include <chrono>
#include <utility>

#include "foundation/base/uuid.h"
#include "foundation/http/exchange.h"
#include "foundation/http/wire.h"

namespace foundation::http {
namespace {

constexpr std::size_t kReadBytes = 16 << 10;
constexpr Milliseconds kLingerTime{2'000};

SteadyTime in(Milliseconds wait) { return std::chrono::steady_clock::now() + wait; }

}  // namespace

ListenerMetrics::ListenerMetrics(telemetry::Metrics& metrics, const std::string& listener)
    : requests([&] {
        auto of = [&](const char* status) {
          return metrics.counter("hks_http_requests_total", "Requests by listener and class of status.",
                                 {{"listener", listener}, {"status", status}});
        };
        return std::array{of("gone"), of("1xx"), of("2xx"), of("3xx"), of("4xx"), of("5xx")};
      }()),
      live(metrics.gauge("hks_connections_live", "Connections now open.", {{"listener", listener}})),
      seconds(metrics.histogram("hks_http_request_seconds", "From a request's head to the end of its reply.",
                                {{"listener", listener}})) {}

void ListenerMetrics::count(int status) const {
  auto digit = static_cast<std::size_t>(status / 100);
  requests[digit < requests.size() ? digit : requests.size() - 1].add();
}

Session::Session(const Listener& listener, Tcp::socket socket, async::Seat& seat)
    : listener_(listener), connection_(std::move(socket)), seat_(seat) {
  connection_.set_write_time(listener.options.limits.write_time);
}

async::Task<void> Session::run() {
  telemetry::LiveCount live(listener_.metrics.live);
  if (auto& tls = listener_.options.tls) {
    auto secured = co_await async::with_deadline(in(listener_.options.limits.head_time), connection_.accept_tls(*tls));
    if (!secured) {
      listener_.log.info("tls_refused", {{"cause", secured.error().text()}});
      co_return secured;
    }
  }
  peer_ = {connection_.peer_address(), connection_.peer_thumbprint()};
  for (bool again = true; again && !seat_.draining;) {
    auto served = co_await serve_request();
    if (!served) co_return std::unexpected(served.error());
    again = *served;
  }
  if (unread_) {
    seat_.idle = true;
    co_return co_await connection_.linger(kLingerTime);
  }
  co_return Done{};
}

async::Task<bool> Session::serve_request() {
  auto parser = std::make_unique<RequestParser>(listener_.options.limits.head_bytes);
  Match match;
  auto refused = co_await read_request(*parser, match);
  if (!refused) co_return std::unexpected(refused.error());
  keep_alive_ = parser->keep_alive() && !parser->body_pending();
  unread_ = parser->body_pending() || (*refused && !keep_alive_);
  if (*refused) co_return co_await send(std::move(**refused), parser->request().method);

  ServedExchange exchange({connection_, peer_, request_id_, listener_.options.limits.stream_buffer_bytes, keep_alive_},
                          std::move(parser->request()), std::move(parser->target()), std::move(match));
  parser.reset();  // a stream may last for minutes: it holds no buffer of ours meanwhile
  if (buffer_.empty()) buffer_ = {};
  co_return co_await serve(exchange);
}

async::Task<Session::Refused> Session::read_request(RequestParser& parser, Match& match) {
  auto refused = co_await read_head(parser);
  started_ = std::chrono::steady_clock::now();
  if (!refused || *refused) co_return refused;
  if (auto none = find_route(parser, match)) co_return none;
  co_return co_await read_body(parser, match.route->body_limit);
}

async::Task<Session::Refused> Session::read_head(RequestParser& parser) {
  auto& limits = listener_.options.limits;
  if (buffer_.empty()) {
    seat_.idle = true;
    auto received = co_await receive(in(limits.idle_time));
    seat_.idle = false;
    if (!received) co_return std::unexpected(received.error());
  }
  request_id_ = new_uuid(SystemClock().wall());
  for (auto until = in(limits.head_time);;) {
    auto complete = parser.head(buffer_);
    if (!complete) co_return refusal(complete.error().status, complete.error().code, complete.error().detail);
    if (*complete) co_return std::nullopt;
    auto received = co_await receive(until);
    if (!received && received.error().code == Code::deadline)
      co_return refusal(408, "timeout", "the head took too long");
    if (!received) co_return std::unexpected(received.error());
  }
}

Session::Refused Session::find_route(RequestParser& parser, Match& match) const {
  match = listener_.routes.match(parser.request().method, parser.target().path);
  if (match.route) return std::nullopt;
  if (!match.path_known) return refusal(404, "not_found", "nothing is here");
  auto reply = refusal(405, "method_not_allowed", "this path has other methods");
  std::string allowed;
  for (auto method : match.allowed) allowed.append(allowed.empty() ? "" : ", ").append(to_string(method));
  reply.headers.set("Allow", std::move(allowed));
  return reply;
}

async::Task<Session::Refused> Session::read_body(RequestParser& parser, std::size_t limit) {
  for (auto until = in(listener_.options.limits.body_time);;) {
    auto complete = parser.body(buffer_, limit);
    if (!complete) co_return refusal(complete.error().status, complete.error().code, complete.error().detail);
    if (*complete) co_return std::nullopt;
    if (parser.take_expectation()) {
      if (auto told = co_await connection_.write(interim_continue()); !told) co_return std::unexpected(told.error());
    }
    auto received = co_await receive(until);
    if (!received && received.error().code == Code::deadline)
      co_return refusal(408, "timeout", "the body took too long");
    if (!received) co_return std::unexpected(received.error());
  }
}

async::Task<void> Session::receive(SteadyTime until) {
  auto received = co_await connection_.read_some(buffer_, kReadBytes, until);
  if (!received) co_return std::unexpected(received.error());
  if (*received == 0) co_return fail(Code::io, "read request", "the client has ended the connection");
  co_return Done{};
}

async::Task<bool> Session::serve(ServedExchange& exchange) {
  async::Context ctx{request_id_, in(exchange.route().deadline), listener_.log.with({{"request_id", request_id_}})};
  auto reply = co_await answer(ctx, exchange);
  auto sent = reply ? co_await finish(exchange, std::move(*reply)) : Result<bool>(std::unexpected(reply.error()));
  if (!sent) {
    listener_.metrics.count_gone();
    ctx.log.info("http_cut", {{"route", exchange.route().pattern}, {"cause", sent.error().text()}});
  }
  co_return sent;
}

async::Task<Reply> Session::answer(async::Context& ctx, ServedExchange& exchange) {
  auto work = async::with_deadline(ctx.deadline, call_handler(ctx, exchange));
  auto [reply, gone] = co_await async::race(std::move(work), connection_.peer_gone());
  if (!reply) co_return fail(Code::cancelled, "serve request", "the client has hung up");
  if (*reply) co_return std::move(**reply);
  auto state = co_await async::asio::this_coro::cancellation_state;
  if (state.cancelled() != async::asio::cancellation_type::none) co_return std::unexpected((*reply).error());
  if (exchange.stream_status() == 0) co_return failure(ctx, exchange.route(), (*reply).error());
  if (exchange.request().method == Method::head) co_return Reply{.streamed = true};
  co_return std::unexpected((*reply).error());  // the status is gone: all that is left is to cut the connection
}

// The one place where a handler's exception is caught.
async::Task<Reply> Session::call_handler(async::Context& ctx, ServedExchange& exchange) {
  try {
    co_return co_await exchange.route().handler(ctx, exchange);
  } catch (const boost::system::system_error& e) {
    if (e.code() == async::asio::error::operation_aborted) co_return fail(Code::cancelled, "handle request");
    co_return fail(Code::internal, "handler threw", e.what());
  } catch (const std::exception& e) {
    co_return fail(Code::internal, "handler threw", e.what());
  }
}

async::Task<bool> Session::finish(ServedExchange& exchange, Reply reply) {
  int status = exchange.stream_status();
  if (status == 0 && !reply.streamed) co_return co_await send(std::move(reply), exchange.request().method);
  if (status == 0 || !reply.streamed) co_return fail(Code::internal, "finish reply", "streamed and not streamed");
  auto ended = co_await exchange.end_stream();
  if (!ended) co_return std::unexpected(ended.error());
  observe(status);
  co_return keep_alive_&& exchange.request().method != Method::head;
}

async::Task<bool> Session::send(Reply reply, Method method) {
  bool bodiless = reply.status == 204 || reply.status == 304;
  ReplyFrame frame{.length = bodiless ? std::nullopt : std::optional(reply.body.size()),
                   .keep_alive = keep_alive_ && !seat_.draining,
                   .request_id = request_id_};
  std::size_t dropped = 0;
  auto bytes = reply_head(reply.status, reply.headers, frame, dropped);
  if (dropped != 0) listener_.log.error("http_header_dropped", {{"request_id", request_id_}, {"count", dropped}});
  if (!bodiless && method != Method::head) bytes += reply.body;
  reply.body = {};
  if (auto written = co_await connection_.write(bytes); !written) co_return std::unexpected(written.error());
  observe(reply.status);
  co_return frame.keep_alive;
}

void Session::observe(int status) const {
  listener_.metrics.count(status);
  listener_.metrics.seconds.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count());
}

Reply Session::refusal(int status, std::string code, std::string detail) const {
  return problem_reply({status, std::move(code), std::move(detail), {}}, request_id_);
}

Reply Session::failure(const async::Context& ctx, const Route& route, const Error& error) const {
  auto problem = problem_of(error);
  if (problem.status >= 500) {
    ctx.log.error("http_failed", {{"route", route.pattern}, {"status", problem.status}, {"cause", error.text()}});
  }
  return problem_reply(problem, request_id_);
}

async::Task<void> serve_connection(const Listener& listener, Tcp::socket socket, async::Seat& seat) {
  Session session(listener, std::move(socket), seat);
  co_return co_await session.run();
}

async::Task<void> turn_away(Tcp::socket socket) {
  Connection connection(std::move(socket));
  connection.set_write_time(kLingerTime);
  auto reply = problem_reply({503, "unavailable", "too many connections", {}}, "");
  std::size_t dropped = 0;
  auto bytes = reply_head(reply.status, reply.headers, {.length = reply.body.size(), .keep_alive = false}, dropped);
  bytes += reply.body;
  if (auto written = co_await connection.write(bytes); !written) co_return written;
  co_return co_await connection.linger(kLingerTime);
}

}  // namespace foundation::http
