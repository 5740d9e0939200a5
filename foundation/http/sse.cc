#include "foundation/http/sse.h"

#include <algorithm>
#include <array>

namespace foundation::http {
namespace {

void add_field(std::string& frame, std::string_view name, std::string_view value) {
  frame.append(name).append(": ");
  // A line break in an id or event would begin a field of the value's choosing.
  std::ranges::copy_if(value, std::back_inserter(frame), [](char c) { return c != '\r' && c != '\n' && c != '\0'; });
  frame += '\n';
}

// CR, LF and CRLF each end a line.
template <class Take>
void each_line(std::string_view text, Take take) {
  for (;;) {
    auto end = text.find_first_of("\r\n");
    take(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

}  // namespace

std::string sse_frame(std::string_view id, std::string_view event, std::string_view data) {
  std::string frame;
  if (!id.empty()) add_field(frame, "id", id);
  if (!event.empty()) add_field(frame, "event", event);
  each_line(data, [&](std::string_view line) { frame.append("data: ").append(line).append("\n"); });
  return frame += '\n';
}

std::string sse_comment(std::string_view text) {
  std::string comment;
  each_line(text, [&](std::string_view line) { comment.append(": ").append(line).append("\n"); });
  return comment += '\n';
}

Result<std::vector<SseFrame>> SseParser::push(std::string_view bytes) {
  std::vector<SseFrame> done;
  for (char c : bytes) {
    bool second_half = after_cr_ && c == '\n';
    after_cr_ = c == '\r';
    if (second_half) continue;
    if (c == '\r' || c == '\n') {
      if (line_.empty()) {
        end_frame(done);
      } else {
        take_line();
      }
    } else {
      line_ += c;
    }
    if (line_.size() + frame_.id.size() + frame_.event.size() + frame_.data.size() > max_bytes_) {
      return fail(Code::too_large, "read event stream", "a frame is over its limit");
    }
  }
  return done;
}

void SseParser::take_line() {
  auto line = std::exchange(line_, {});
  auto colon = std::min(line.find(':'), line.size());
  auto name = std::string_view(line).substr(0, colon);
  auto value = std::string_view(line).substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "data") {
    if (has_data_) frame_.data += '\n';
    frame_.data += value;
    has_data_ = true;
  } else if (name == "event") {
    frame_.event = value;
  } else if (name == "id") {
    frame_.id = value;
  }
}

void SseParser::end_frame(std::vector<SseFrame>& done) {
  auto frame = std::exchange(frame_, {});
  if (!std::exchange(has_data_, false)) return;
  if (frame.event.empty()) frame.event = "message";
  done.push_back(std::move(frame));
}

bool SseParser::in_frame() const { return !line_.empty() || has_data_ || !frame_.event.empty() || !frame_.id.empty(); }

Result<std::vector<std::string>> LineSplitter::push(std::string_view bytes) {
  std::vector<std::string> lines;
  for (;;) {
    auto end = bytes.find('\n');
    rest_.append(bytes.substr(0, end));
    if (rest_.size() > max_bytes_) return fail(Code::too_large, "read lines", "a line is over its limit");
    if (end == std::string_view::npos) return lines;
    bytes.remove_prefix(end + 1);
    if (auto line = std::exchange(rest_, {}); !line.empty()) lines.push_back(std::move(line));
  }
}

}  // namespace foundation::http
