// Server-sent events: however the bytes are split the same frames come out, and what is written reads the same.
#include "foundation/http/sse.h"

#include <algorithm>
#include <string>
#include <vector>

#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {
namespace {

namespace http = foundation::http;

constexpr std::size_t kSmallLimit = 256;  // so that short inputs pass it

// All frames, each part behind its length; a failure ends them.
std::string frames_of(const std::vector<std::string_view>& pieces, std::size_t limit) {
  http::SseParser parser(limit);
  std::string told;
  for (auto piece : pieces) {
    auto frames = parser.push(piece);
    if (!frames) return "too large";
    for (const auto& frame : *frames)
      for (const auto& part : {frame.id, frame.event, frame.data}) told += std::to_string(part.size()) + ":" + part;
  }
  return told + (parser.in_frame() ? "..." : ".");
}

std::string with_line_feeds(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out += text[i] == '\r' ? '\n' : text[i];
  }
  return out;
}

// Foreign words in every field of a frame of ours: one frame comes out, with those words as its data.
void no_words_make_another_frame(std::string_view words) {
  http::SseParser parser(8 * words.size() + 1024);
  auto frames = parser.push(http::sse_frame(words, words, words));
  must(frames && frames->size() == 1 && !parser.in_frame(), "one frame written is one frame read");
  must(frames->front().data == with_line_feeds(words), "a frame's data reads as it was written");
  must(parser.push(http::sse_comment(words)).value().empty() && !parser.in_frame(), "a comment is no frame");
}

}  // namespace

void sse(std::string_view input) {
  auto [whole, pieces] = split(input);
  for (auto limit : {kSmallLimit, http::kMaxFrameBytes})
    must(frames_of({whole}, limit) == frames_of(pieces, limit), "frames do not depend on where their bytes are split");
  no_words_make_another_frame(whole);
}

}  // namespace fuzz
