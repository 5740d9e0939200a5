// A response whose body is still on its way, on a connection of the client's pool.
#pragma once
#include <string>

#include "foundation/http/client.h"
#include "foundation/http/connection_pool.h"
#include "foundation/http/response_parser.h"

namespace foundation::http {

class PooledResponse final : public ResponseStream {
 public:
  PooledResponse(ConnectionPool::Used connection, std::size_t head_bytes, Method request_method);

  // Sends the request and reads the head of its response.
  async::Task<void> begin(std::string head, std::string body);
  bool answered() const { return answered_; }  // some byte of a response has come

  int status() const override { return parser_.status(); }
  const Headers& headers() const override { return parser_.headers(); }
  async::Task<std::string> read() override;

 private:
  async::Task<std::size_t> receive();
  void release_when_done();

  ConnectionPool::Used connection_;
  ResponseParser parser_;
  std::string buffer_;  // received and not yet used
  bool answered_ = false;
};

}  // namespace foundation::http
