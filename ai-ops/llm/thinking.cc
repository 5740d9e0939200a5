#include "ai-ops/llm/thinking.h"

#include <array>
#include <span>
#include <utility>

#include "ai-ops/llm/markers.h"

namespace ai_ops::llm {

using foundation::Code;

namespace {

constexpr std::size_t kKinds = 3;
// The beginnings, then the ends in the same order.
constexpr std::array<std::string_view, 2 * kKinds> kMarks{"<think>",  "<thinking>",  "[THINK]",
                                                          "</think>", "</thinking>", "[/THINK]"};

}  // namespace

foundation::Result<std::string> ThinkingFilter::push(std::string_view text) {
  kept_ += text;
  std::string shown;
  std::string_view rest = kept_;
  for (;;) {
    auto marks = inside_ ? std::span(kMarks).subspan(kKinds + *inside_, 1) : std::span(kMarks);
    auto mark = find_mark(rest, marks);
    auto before = rest.substr(0, mark ? mark->at : rest.size() - begun_mark(rest, marks));
    if (!inside_) shown += before;
    rest.remove_prefix(before.size());
    if (!mark) break;
    if (!inside_ && mark->which >= kKinds) {
      return foundation::fail(Code::corrupt, "read the model's answer", "its thinking stands among its words");
    }
    rest.remove_prefix(marks[mark->which].size());
    inside_ = inside_ ? std::nullopt : std::optional(mark->which);
  }
  kept_ = std::string(rest);
  return shown;
}

std::string ThinkingFilter::end() { return inside_ ? std::string() : std::exchange(kept_, {}); }

}  // namespace ai_ops::llm
