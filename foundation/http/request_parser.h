// Bytes in, one request out (RFC 9112), without I/O. Stricter than the grammar where parsers are known to disagree,
// since disagreement is request smuggling. Owner: the session, until the body is read. Threads: one.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "foundation/http/message.h"

namespace foundation::http {

// Why a request is refused before any handler sees it; the connection ends with it.
struct Refusal {
  int status = 400;
  std::string code;
  std::string detail;
};

class RequestParser {
 public:
  explicit RequestParser(std::size_t head_bytes);
  ~RequestParser();

  // True when the head is complete; false when more bytes are needed. What was used leaves `buffer`.
  std::expected<bool, Refusal> head(std::string& buffer);
  // The same for the body, which is appended to request().body.
  std::expected<bool, Refusal> body(std::string& buffer, std::size_t limit);

  Request& request() { return request_; }  // its head is valid once head() said true
  Target& target() { return target_; }     // the same, decoded
  bool keep_alive() const { return keep_alive_; }
  bool body_pending() const;  // the message is not complete
  // True once when the client waits for 100 (Continue) before it sends its body.
  bool take_expectation() { return std::exchange(expects_continue_, false); }

 private:
  struct Machine;  // Beast's parser
  std::expected<std::optional<std::size_t>, Refusal> find_end(std::string_view buffer);
  std::expected<bool, Refusal> take_head();

  std::size_t head_bytes_;
  std::size_t scanned_ = 0;
  std::unique_ptr<Machine> machine_;
  Request request_;
  Target target_;
  bool keep_alive_ = false;
  bool expects_continue_ = false;
};

}  // namespace foundation::http
