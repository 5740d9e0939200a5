// One accepted connection, from its first byte to its close: the pipeline that server.h names, stage by stage.
// Owner: the server's task group. Threads: the server's executor.
#pragma once
#include <array>
#include <optional>
#include <string>

#include "foundation/async/task_group.h"
#include "foundation/http/connection.h"
#include "foundation/http/request_parser.h"
#include "foundation/http/server.h"

namespace foundation::http {

struct ListenerMetrics {
  ListenerMetrics(telemetry::Metrics& metrics, const std::string& listener);
  // By the status' first digit; a request whose client left before its reply counts under "gone".
  void count(int status) const;
  void count_gone() const { requests.front().add(); }

  std::array<telemetry::Counter, 6> requests;  // gone, 1xx, ... 5xx
  telemetry::Gauge live;
  telemetry::Histogram seconds;
};

// What every session of a server borrows from it.
struct Listener {
  const RouteTable& routes;
  const Server::Options& options;
  const ListenerMetrics& metrics;
  const telemetry::Log& log;
};

class ServedExchange;

class Session {
 public:
  Session(const Listener& listener, Tcp::socket socket, async::Seat& seat);
  async::Task<void> run();

 private:
  using Refused = std::optional<Reply>;  // the reply that ends the pipeline early

  async::Task<bool> serve_request();  // true: the connection may carry another one
  async::Task<Refused> read_request(RequestParser& parser, Match& match);
  async::Task<Refused> read_head(RequestParser& parser);
  Refused find_route(RequestParser& parser, Match& match) const;
  async::Task<Refused> read_body(RequestParser& parser, std::size_t limit);
  async::Task<void> receive(SteadyTime until);

  async::Task<bool> serve(ServedExchange& exchange);
  async::Task<Reply> answer(async::Context& ctx, ServedExchange& exchange);
  async::Task<Reply> call_handler(async::Context& ctx, ServedExchange& exchange);
  async::Task<bool> finish(ServedExchange& exchange, Reply reply);
  async::Task<bool> send(Reply reply, Method method);

  void observe(int status) const;
  Reply refusal(int status, std::string code, std::string detail) const;
  Reply failure(const async::Context& ctx, const Route& route, const Error& error) const;

  const Listener& listener_;
  Connection connection_;
  async::Seat& seat_;
  Peer peer_;
  std::string buffer_;      // received and not yet used
  std::string request_id_;  // of the request being served
  SteadyTime started_;      // when its head was complete
  bool keep_alive_ = false;
  bool unread_ = false;  // the peer may still be sending: a plain close would reset the connection under our reply
};

// The task of one accepted connection.
async::Task<void> serve_connection(const Listener& listener, Tcp::socket socket, async::Seat& seat);
// 503 for a connection over the limit.
async::Task<void> turn_away(Tcp::socket socket);

}  // namespace foundation::http
