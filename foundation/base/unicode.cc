#include "foundation/base/unicode.h"

#include <array>
#include <optional>
#include <utility>

namespace foundation {
namespace {

struct Decoded {
  char32_t c;
  std::size_t length;  // bytes taken, at least 1
  bool ok;
};

// One code point at `at`, by the table of RFC 3629 section 4.
Decoded decode(std::string_view text, std::size_t at) {
  auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > text.size()) return {0, 1, false};
  char32_t c = lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {0, 1, false};
    c = (c << 6) | (byte(i) & 0x3f);
  }
  static constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  if (c < kSmallest[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return {0, 1, false};
  return {c, length, true};
}

// Ranges of Unicode's Default_Ignorable_Code_Point, the bidi controls (UAX 9) and the tag block, sorted.
constexpr std::pair<char32_t, char32_t> kInvisible[] = {
    {0x00, 0x08},     {0x0b, 0x1f},     {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},
    {0x61c, 0x61c},   {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
    {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    Decoded d = decode(text, at);
    if (!d.ok) return false;
    at += d.length;
  }
  return true;
}

bool is_invisible(char32_t c) {
  for (auto [first, last] : kInvisible)
    if (c >= first && c <= last) return true;
  return false;
}

std::string to_utf8(char32_t c) {
  if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) c = 0xfffd;
  auto tail = [c](int shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
  auto head = [c](unsigned mark, int shift) { return static_cast<char>(mark | (c >> shift)); };
  if (c < 0x80) return {head(0, 0)};
  if (c < 0x800) return {head(0xc0, 6), tail(0)};
  if (c < 0x10000) return {head(0xe0, 12), tail(6), tail(0)};
  return {head(0xf0, 18), tail(12), tail(6), tail(0)};
}

std::string visible_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    Decoded d = decode(text, at);
    if (!d.ok) {
      out += "\xef\xbf\xbd";
    } else if (!is_invisible(d.c)) {
      out += text.substr(at, d.length);
    }
    at += d.length;
  }
  return out;
}

}  // namespace foundation
