// HTTP/1.1 client of one origin with a pool of kept-alive connections.
// Owner: whoever needs the origin; outlives its leases and streams. Threads: one executor.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "foundation/http/connection.h"
#include "foundation/http/message.h"

namespace foundation::http {

struct Response {
  int status = 0;
  Headers headers = {};
  std::string body = {};
};

// A response whose body is still coming. Dropped before its end, it closes its connection, which cancels the peer's
// work.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;
  virtual int status() const = 0;
  virtual const Headers& headers() const = 0;
  // The next bytes; empty at the end. Bytes are pulled from the socket only here: that is the back-pressure.
  virtual async::Task<std::string> read() = 0;
};

// A connection taken from the pool for one request.
class Lease {
 public:
  virtual ~Lease() = default;
  virtual const std::string& peer_thumbprint() const = 0;  // of the server's certificate
  // Sends the request and waits for the head of its response. Once a lease.
  virtual async::Task<std::unique_ptr<ResponseStream>> open(async::Context& ctx, Request request) = 0;
};

class Client {
 public:
  struct Options {
    std::string base_url = {};  // "https://127.0.0.1:8443"; a path in it is put before every target
    std::optional<TlsClient> tls = {};
    std::size_t idle_connections = 32;
    std::size_t connections = 4096;  // beyond it: Code::rate_limited at once
    Milliseconds connect_time{5'000};
    std::size_t head_bytes = 32 << 10;
  };
  static Result<std::unique_ptr<Client>> create(async::asio::any_io_executor on, Options options);
  virtual ~Client() = default;

  // A connection that is open now, pooled or new. Code::unavailable when the origin cannot be reached.
  virtual async::Task<std::unique_ptr<Lease>> acquire(async::Context& ctx) = 0;
  // acquire + open. The context's deadline bounds the wait for the head, not the body.
  virtual async::Task<std::unique_ptr<ResponseStream>> open(async::Context& ctx, Request request) = 0;
  // The whole response within the context's deadline; a body over `max_body` is Code::too_large. A request that met a
  // pooled connection which the origin had just closed, with no byte of a response, is sent once more if it is a GET.
  virtual async::Task<Response> send(async::Context& ctx, Request request, std::size_t max_body = 4 << 20) = 0;
};

}  // namespace foundation::http
