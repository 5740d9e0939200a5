// Feeds a Beast parser with body bytes. Included by the two files that include Beast, and by no header.
#pragma once
#include <algorithm>
#include <array>
#include <boost/beast/http/buffer_body.hpp>  // tidy: allow beast-in-header: shared by the two parsers only
#include <boost/beast/http/error.hpp>        // tidy: allow beast-in-header: shared by the two parsers only
#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace foundation::http {

// A chunk's head or the trailers; longer ones are an attack, not an extension.
inline constexpr std::size_t kChunkHeadBytes = 4 << 10;

// Of a body without any bytes, Beast asserts that what follows the line of the last chunk comes at once: with one byte
// more than "0\r\n" it aborts a build that has assertions. So that byte waits for the next.
inline bool is_begun_last_chunk(std::string_view bytes) { return bytes.size() == 4 && bytes.starts_with("0\r\n"); }

// Moves body bytes from `buffer` into `into` until `into` holds `room`, the buffer is used up or the body is complete.
template <class Parser>
Done pump_body(Parser& parser, std::string& buffer, std::string& into, std::size_t room) {
  namespace beast_http = boost::beast::http;
  std::array<char, 16 << 10> piece;
  std::size_t used = 0;
  auto done = Done{};
  while (!parser.is_done() && used < buffer.size() && into.size() < room) {
    if (is_begun_last_chunk(std::string_view(buffer).substr(used))) break;
    auto& body = parser.get().body();
    auto size = std::min(piece.size(), room - into.size());
    body = {.data = piece.data(), .size = size, .more = true};
    boost::beast::error_code ec;
    auto taken = parser.put(boost::asio::buffer(buffer.data() + used, buffer.size() - used), ec);
    used += taken;
    into.append(piece.data(), size - body.size);
    if (ec == beast_http::error::need_buffer) ec = {};
    if (ec == beast_http::error::need_more) {
      if (buffer.size() - used > kChunkHeadBytes) done = fail(Code::invalid, "read body", "chunk head too long");
      break;
    }
    if (ec || (taken == 0 && !parser.is_done())) {
      done = fail(Code::invalid, "read body", ec ? ec.message() : "no progress");
      break;
    }
  }
  buffer.erase(0, used);
  return done;
}

}  // namespace foundation::http
