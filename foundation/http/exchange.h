// What a handler sees of its request, on a session's connection.
#pragma once
#include <memory>
#include <string>

#include "foundation/http/connection.h"
#include "foundation/http/server.h"

namespace foundation::http {

class ServedExchange final : public Exchange, private Stream {
 public:
  struct Parts {
    Connection& connection;
    const Peer& peer;
    const std::string& request_id;
    int stream_buffer_bytes;
    bool keep_alive;
  };
  ServedExchange(Parts parts, Request request, Target target, Match match);

  const Request& request() const override { return request_; }
  const Target& target() const override { return target_; }
  std::string_view path_value(std::string_view name) const override;
  const Peer& peer() const override { return parts_.peer; }
  async::Task<Stream*> begin_stream(int status, Headers headers) override;

  const Route& route() const { return *match_.route; }
  int stream_status() const { return stream_status_; }  // 0: none was begun
  async::Task<void> end_stream();

 private:
  async::Task<void> write(std::string_view bytes) override;

  Parts parts_;
  Request request_;
  Target target_;
  Match match_;
  int stream_status_ = 0;
};

}  // namespace foundation::http
