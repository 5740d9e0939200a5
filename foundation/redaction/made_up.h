// Random-looking texts for tests, the same every time: scanners of this repository see no secret in its source.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace foundation::redaction {

inline std::string made_up(std::size_t length, std::string_view alphabet, std::uint32_t seed = 1) {
  std::string out;
  for (std::uint32_t state = seed * 2654435761; out.size() < length;) {
    state = state * 1664525 + 1013904223;
    out += alphabet[(state >> 16) % alphabet.size()];
  }
  return out;
}

}  // namespace foundation::redaction
