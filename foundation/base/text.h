// Small cuts of text.
#pragma once
#include <cstddef>
#include <string_view>

namespace foundation {

// Without the space at both ends. `space`: what counts as such.
constexpr std::string_view trimmed(std::string_view text, std::string_view space = " \t\r\n") {
  std::size_t first = text.find_first_not_of(space);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

}  // namespace foundation
