#include "foundation/http/response_stream.h"

#include <utility>

namespace foundation::http {
namespace {

constexpr std::size_t kReadBytes = 16 << 10;

}  // namespace

PooledResponse::PooledResponse(ConnectionPool::Used connection, std::size_t head_bytes, Method request_method)
    : connection_(std::move(connection)), parser_(head_bytes, request_method) {}

async::Task<void> PooledResponse::begin(std::string head, std::string body) {
  head += body;
  // An origin may answer and stop reading before it has the whole body: its answer counts, not our broken write.
  auto written = co_await connection_->write(head);
  if (!written && written.error().code != Code::io) co_return written;
  for (;;) {
    auto received = co_await receive();
    if (!received) co_return written ? std::unexpected(received.error()) : written;
    if (*received == 0) co_return fail(Code::io, "read response", "the origin ended the connection without an answer");
    auto complete = parser_.head(buffer_);
    if (!complete) co_return std::unexpected(complete.error());
    if (*complete) break;
  }
  release_when_done();
  co_return Done{};
}

async::Task<std::size_t> PooledResponse::receive() {
  auto received = co_await connection_->read_some(buffer_, kReadBytes);
  answered_ |= received && *received > 0;
  co_return received;
}

async::Task<std::string> PooledResponse::read() {
  std::string body;
  while (!parser_.done()) {
    auto complete = parser_.body(buffer_, body, kReadBytes);
    if (!complete) co_return std::unexpected(complete.error());
    release_when_done();
    if (!body.empty() || *complete) break;
    auto received = co_await receive();
    if (!received) co_return std::unexpected(received.error());
    if (*received > 0) continue;
    if (auto ended = parser_.end(); !ended) co_return std::unexpected(ended.error());
  }
  co_return body;
}

void PooledResponse::release_when_done() {
  if (!parser_.done() || !connection_) return;
  if (parser_.keep_alive() && buffer_.empty()) {
    connection_.give_back();
  } else {
    connection_->close();
  }
}

}  // namespace foundation::http
