// Server-Sent Events and NDJSON as pure parsers: push bytes, take what is complete. A frame or line over the bound is
// Code::too_large.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foundation/base/error.h"

namespace foundation::http {

inline constexpr std::size_t kMaxFrameBytes = 64 << 10;

struct SseFrame {
  std::string id;
  std::string event;  // "message" when the frame names none
  std::string data;   // data lines joined by \n
};

std::string sse_frame(std::string_view id, std::string_view event, std::string_view data);
std::string sse_comment(std::string_view text);

class SseParser {
 public:
  explicit SseParser(std::size_t max_bytes = kMaxFrameBytes) : max_bytes_(max_bytes) {}
  // The frames that these bytes complete; comments and frames without data yield none. CR, LF and CRLF end a line.
  Result<std::vector<SseFrame>> push(std::string_view bytes);
  bool in_frame() const;  // the stream ended inside a frame

 private:
  void take_line();
  void end_frame(std::vector<SseFrame>& done);

  std::size_t max_bytes_;
  std::string line_;
  SseFrame frame_;
  bool has_data_ = false;
  bool after_cr_ = false;
};

class LineSplitter {
 public:
  explicit LineSplitter(std::size_t max_bytes) : max_bytes_(max_bytes) {}
  Result<std::vector<std::string>> push(
      std::string_view bytes);                       // complete lines without their LF, empty ones left out
  const std::string& rest() const { return rest_; }  // what no LF has ended yet

 private:
  std::size_t max_bytes_;
  std::string rest_;
};

}  // namespace foundation::http
