#include "foundation/redaction/plain_word.h"

#include <algorithm>
#include <string>

#include "foundation/redaction/typed_fact.h"

namespace foundation::redaction {
namespace {

constexpr std::size_t kMaxMixedBytes = 4;
constexpr std::size_t kMaxLetters = 20;
constexpr std::size_t kMaxConsonants = 5;  // in a row: "lengths" has five

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_vowel(char c) { return std::string_view("aeiouyAEIOUY").find(c) != std::string_view::npos; }

bool speakable(std::string_view letters) {
  std::size_t consonants = 0;
  for (char c : letters) {
    consonants = is_vowel(c) ? 0 : consonants + 1;
    if (consonants > kMaxConsonants) return false;
  }
  return true;
}

// "info", "INFO", "RollingUpdate": after a capital at least two small letters, or capitals alone.
bool written_as_a_word(std::string_view letters) {
  if (std::ranges::all_of(letters, is_upper)) return true;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    bool small_letters_follow = i + 2 < letters.size() && is_lower(letters[i + 1]) && is_lower(letters[i + 2]);
    if (is_upper(letters[i]) && !small_letters_follow) return false;
  }
  return true;
}

bool is_plain_part(std::string_view part) {
  bool letters_only = std::ranges::all_of(part, [](char c) { return is_lower(c) || is_upper(c); });
  bool letters_and_digits = std::ranges::all_of(part, [](char c) { return is_lower(c) || is_upper(c) || is_digit(c); });
  if (part.empty() || !letters_and_digits) return false;
  return part.size() <= kMaxMixedBytes ||
         (letters_only && part.size() <= kMaxLetters && written_as_a_word(part) && speakable(part));
}

}  // namespace

bool is_plain_word(std::string_view text) {
  if (text.empty() || text.size() > kMaxWordBytes) return false;
  std::size_t mixed_parts = 0;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = std::min(text.find_first_of("-_.", at), text.size());
    std::string_view part = text.substr(at, end - at);
    if (!is_plain_part(part)) return false;
    mixed_parts += std::ranges::any_of(part, is_digit) ? 1 : 0;
    at = end + 1;
  }
  return mixed_parts <= 3;  // "v1.2.3", not "a1b2-c3d4-e5f6-a7b8"
}

}  // namespace foundation::redaction
