#include "foundation/http/request_parser.h"

#include <gtest/gtest.h>

#include "foundation/http/response_parser.h"

namespace foundation::http {
namespace {

constexpr std::size_t kBytes = 1024;

// Whether a message whose bytes come one by one is complete at its end.
template <class Parser>
std::string body_byte_by_byte(Parser&& parser, std::string_view bytes, auto read_body) {
  std::string buffer;
  bool has_head = false, done = false;
  for (char c : bytes) {
    buffer += c;
    if (!has_head) {
      has_head = parser.head(buffer).value();
    } else {
      done = read_body(parser, buffer);
    }
  }
  return done ? "finished" : "unfinished";
}

TEST(RequestParser, ALastChunkThatComesByteByByteIsRead) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  auto read = [](RequestParser& parser, std::string& buffer) { return parser.body(buffer, kBytes).value(); };
  for (auto body : {"0\r\n\r\n", "00\r\n\r\n", "0;a=b\r\n\r\n", "0\r\nTrailer: x\r\n\r\n", "1\r\nx\r\n0\r\n\r\n"})
    EXPECT_EQ(body_byte_by_byte(RequestParser(kBytes), head + body, read), "finished") << body;
  EXPECT_EQ(body_byte_by_byte(RequestParser(kBytes), head + "0\r\n\r", read), "unfinished");
}

TEST(ResponseParser, ALastChunkThatComesByteByByteIsRead) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  auto read = [](ResponseParser& parser, std::string& buffer) {
    std::string into;
    return parser.body(buffer, into, kBytes).value();
  };
  for (auto body : {"0\r\n\r\n", "00\r\n\r\n", "0;a=b\r\n\r\n", "0\r\nTrailer: x\r\n\r\n", "1\r\nx\r\n0\r\n\r\n"})
    EXPECT_EQ(body_byte_by_byte(ResponseParser(kBytes, Method::get), head + body, read), "finished") << body;
}

}  // namespace
}  // namespace foundation::http
