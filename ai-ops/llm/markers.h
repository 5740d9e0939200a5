// Marks in a text that comes in pieces: a mark may be split anywhere. Pure.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace ai_ops::llm {

struct Mark {
  std::size_t at;
  std::size_t which;  // its place among the marks
};
// The first that stands in the text; at the same place the longest.
std::optional<Mark> find_mark(std::string_view text, std::span<const std::string_view> marks);
// How many bytes at the end of the text may be the beginning of a mark.
std::size_t begun_mark(std::string_view text, std::span<const std::string_view> marks);

}  // namespace ai_ops::llm
