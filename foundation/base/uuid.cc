#include "foundation/base/uuid.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <cstdint>
#include <cstdlib>

namespace foundation {

std::string new_uuid(WallTime now) {
  std::array<std::uint8_t, 16> bytes;
  if (getrandom(bytes.data(), bytes.size(), 0) != ssize_t(bytes.size())) std::abort();
  auto at = std::uint64_t(now.time_since_epoch().count());
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = std::uint8_t(at >> (40 - 8 * i));
  bytes[6] = std::uint8_t(0x70 | (bytes[6] & 0x0f));
  bytes[8] = std::uint8_t(0x80 | (bytes[8] & 0x3f));
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    fmt::format_to(std::back_inserter(text), "{:02x}", bytes[i]);
  }
  return text;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    char c = text[i];
    bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

}  // namespace foundation
