// HTTP/1.1 server: one acceptor, one coroutine a connection, a pipeline of named stages a request:
//   read head (size, time) -> match route (404, 405) -> read body (limit, time) -> handler under its deadline,
//   cancelled when the peer hangs up -> reply. Anything but HTTP/1.1, a second Host, Content-Length with
//   Transfer-Encoding, obsolete line folding and every malformed head end in a 4xx and a closed connection.
// Owner: main, which stops it. Threads: one executor.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "foundation/async/task_group.h"
#include "foundation/http/connection.h"
#include "foundation/http/routes.h"
#include "foundation/telemetry/metrics.h"

namespace foundation::http {

struct Limits {
  std::size_t head_bytes = 16 << 10;
  std::size_t connections = 9'000;  // beyond it: 503 and close
  Milliseconds head_time{10'000};   // from the first byte of a head to its end, and for a TLS handshake
  Milliseconds idle_time{75'000};   // a kept-alive connection without a request
  Milliseconds body_time{30'000};
  Milliseconds write_time{30'000};     // one write that makes no progress
  int stream_buffer_bytes = 64 << 10;  // kernel send buffer of a streamed reply
};

struct Peer {
  std::string address;
  std::string thumbprint;  // of its certificate; empty on a plain listener
};

// A reply that is written as it comes into being (SSE, NDJSON), chunked. write() returns when the kernel has taken the
// bytes: a slow reader slows the writer. Borrowed from its Exchange.
class Stream {
 public:
  virtual ~Stream() = default;
  virtual async::Task<void> write(std::string_view bytes) = 0;
};

// One request on its way through the pipeline. Lives until its handler has ended.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const Request& request() const = 0;
  virtual const Target& target() const = 0;
  virtual std::string_view path_value(std::string_view name) const = 0;  // of the route's pattern; "" when it has none
  virtual const Peer& peer() const = 0;
  // Sends the head of a chunked reply; afterwards the handler ends with `Reply{.streamed = true}`, or with an Error,
  // which cuts the connection since the status is gone. At most once.
  virtual async::Task<Stream*> begin_stream(int status, Headers headers) = 0;
};

// "127.0.0.1:8080", "[::1]:0", or "fd:3", an inherited listening socket.
Result<Tcp::acceptor> listen_on(async::asio::any_io_executor on, std::string_view where);
std::string address_text(const Tcp::acceptor& acceptor);  // "127.0.0.1:34567"

class Server {
 public:
  struct Options {
    std::string name = {};  // "public": label of its metrics
    Limits limits = {};
    std::optional<TlsServer> tls = {};
  };
  Server(Tcp::acceptor acceptor, RouteTable routes, Options options, telemetry::Metrics& metrics, telemetry::Log log);
  // Listens as `where` says (listen_on); nobody is accepted before start().
  static Result<std::unique_ptr<Server>> open(async::asio::any_io_executor on, std::string_view where,
                                              std::vector<Route> routes, Options options, telemetry::Metrics& metrics,
                                              telemetry::Log log);
  ~Server();
  void start();
  // Stops accepting, lets requests end within `grace`, then ends the rest.
  async::asio::awaitable<void> stop(Milliseconds grace);
  std::string address() const;
  bool is_loopback() const;  // only this machine can reach it

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace foundation::http
