// Letters of ASCII in small, whatever the locale; other bytes stay as they are.
#pragma once
#include <string>
#include <string_view>

namespace foundation {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

}  // namespace foundation
