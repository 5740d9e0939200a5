// Bytes in, one response out (RFC 9112), without I/O; interim (1xx) responses are passed over. Owner: a response
// stream. Threads: one.
#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "foundation/http/message.h"

namespace foundation::http {

class ResponseParser {
 public:
  ResponseParser(std::size_t head_bytes, Method request_method);
  ~ResponseParser();

  // True when the final head is complete; false when more bytes are needed. What was used leaves `buffer`.
  Result<bool> head(std::string& buffer);
  // Moves body bytes into `into` until it holds `room`; true when the body is complete.
  Result<bool> body(std::string& buffer, std::string& into, std::size_t room);
  // The origin ended the connection: the end of a body that states no length, else Code::io.
  Done end();

  int status() const { return status_; }
  const Headers& headers() const { return headers_; }
  bool keep_alive() const;
  bool done() const;

 private:
  struct Machine;  // Beast's parser
  std::size_t head_bytes_;
  Method request_method_;
  std::unique_ptr<Machine> machine_;
  int status_ = 0;
  Headers headers_;
};

}  // namespace foundation::http
