// Heads and chunks as they go on the wire. What the framing depends on (length, encoding, connection) is written here
// and never taken from a handler's or a caller's headers.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/http/message.h"

namespace foundation::http {

struct ReplyFrame {
  std::optional<std::size_t> length = {};  // absent: chunked, or no body at all for 204 and 304
  bool keep_alive = true;
  std::string_view request_id = {};
};
// `dropped` counts fields that were left out because they hold what could end a line.
std::string reply_head(int status, const Headers& headers, const ReplyFrame& frame, std::size_t& dropped);
std::string interim_continue();
std::string chunk(std::string_view bytes);
std::string_view last_chunk();

// Code::invalid when the target or a field could end its line.
Result<std::string> request_head(const Request& request, std::string_view host, std::string_view target_prefix);

}  // namespace foundation::http
