#include "foundation/crypto/encoding.h"

#include <array>
#include <cstdint>

namespace foundation::crypto {
namespace {

constexpr std::string_view kUrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

using Digits = std::array<std::int8_t, 256>;

constexpr Digits digits_of(std::string_view alphabet) {
  Digits digits;
  digits.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return digits;
}
constexpr Digits kUrlDigits = digits_of(kUrlAlphabet);
constexpr Digits kDigits = digits_of(kAlphabet);

// `text` without padding. Bits that no byte uses must be zero, or two texts would stand for the same bytes.
Result<std::string> decode(std::string_view text, const Digits& digits, const char* doing) {
  if (text.size() % 4 == 1) return fail(Code::invalid, doing, "impossible length");
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned held = 0;  // bits in `bits` that are not yet written
  for (char c : text) {
    int digit = digits[static_cast<unsigned char>(c)];
    if (digit < 0) return fail(Code::invalid, doing, "character outside the alphabet");
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held);
      bits &= (1u << held) - 1;
    }
  }
  if (bits != 0) return fail(Code::invalid, doing, "trailing bits are not zero");
  return out;
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char c : bytes) {
    out += kHex[c >> 4];
    out += kHex[c & 15];
  }
  return out;
}

std::string to_base64url(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (unsigned char c : bytes) {
    bits = ((bits << 8) | c) & 0x3fff;
    for (held += 8; held >= 6;) {
      held -= 6;
      out += kUrlAlphabet[(bits >> held) & 63];
    }
  }
  if (held > 0) out += kUrlAlphabet[(bits << (6 - held)) & 63];
  return out;
}

Result<std::string> from_base64url(std::string_view text) { return decode(text, kUrlDigits, "decode base64url"); }

Result<std::string> from_base64(std::string_view text) {
  const char* doing = "decode base64";
  if (text.size() % 4 != 0) return fail(Code::invalid, doing, "length is not a multiple of four");
  std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  return decode(text.substr(0, text.size() - padding), kDigits, doing);
}

}  // namespace foundation::crypto
