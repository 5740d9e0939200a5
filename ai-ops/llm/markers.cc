#include "ai-ops/llm/markers.h"

#include <algorithm>

namespace ai_ops::llm {

std::optional<Mark> find_mark(std::string_view text, std::span<const std::string_view> marks) {
  std::optional<Mark> first;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    auto at = text.find(marks[i]);
    if (at == std::string_view::npos) continue;
    if (!first || at < first->at || (at == first->at && marks[i].size() > marks[first->which].size())) first = {at, i};
  }
  return first;
}

std::size_t begun_mark(std::string_view text, std::span<const std::string_view> marks) {
  std::size_t longest = 0;
  for (auto mark : marks)
    for (auto n = std::min(mark.size() - 1, text.size()); n > longest; --n)
      if (text.ends_with(mark.substr(0, n))) longest = n;
  return longest;
}

}  // namespace ai_ops::llm
