// Going through a text line by line, whatever ends its lines.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

#include "foundation/base/text.h"

namespace ai_ops::bundle {

using foundation::trimmed;

class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  // Without its end and the spaces before that; none after the last.
  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
    std::size_t last = line.find_last_not_of(" \t\r");
    return line.substr(0, last == line.npos ? 0 : last + 1);
  }

 private:
  std::string_view rest_;
};

inline bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == line.npos; }
inline std::size_t indent_of(std::string_view line) {
  std::size_t first = line.find_first_not_of(' ');
  return first == line.npos ? line.size() : first;
}

}  // namespace ai_ops::bundle
