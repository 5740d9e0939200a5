#include "ai-ops/reader/words.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "foundation/base/ascii.h"
#include "foundation/base/unicode.h"

namespace ai_ops::reader {

using foundation::lower;

namespace {

constexpr std::array<std::string_view, 21> kNumberWords{
    "zero",     "one",     "two",     "three",     "four",     "five",     "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"};
constexpr std::size_t kMaxDigits = 9;
constexpr std::string_view kRightQuote = "\xe2\x80\x99";  // the apostrophe that phones type

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "what's", "don't" become one word; a quote elsewhere is a quote.
std::string without_apostrophes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string_view rest = text.substr(i);
    std::size_t size = rest.starts_with(kRightQuote) ? kRightQuote.size() : rest.starts_with('\'') ? 1 : 0;
    bool inside = size > 0 && !out.empty() && is_letter(lower(out.back())) && i + size < text.size() &&
                  is_letter(lower(text[i + size]));
    if (inside) i += size;
    out += text[i];
  }
  return out;
}

void end_word(std::string& word, Message& out) {
  while (!word.empty() && (word.back() == '.' || word.back() == '-' || word.back() == '/')) word.pop_back();
  if (!word.empty()) out.words.push_back(std::move(word));
  word.clear();
}

}  // namespace

Message words_of(std::string_view text) {
  std::string cleaned = without_apostrophes(foundation::visible_text(text));
  Message out;
  std::string word;
  for (char raw : cleaned) {
    char c = lower(raw);
    bool is_word = is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '/' || c == '_' || (c & 0x80);
    if (is_word) word += c;
    if ((c & 0x80) || c == '_') out.is_plain = false;
    if (is_word) continue;
    end_word(word, out);
    if (c == '?') out.is_question = true;
    if (c == ',' || c == ';') out.words.emplace_back(",");
    if (std::string_view(" ,;?!").find(c) == std::string_view::npos) out.is_plain = false;
  }
  end_word(word, out);
  while (!out.words.empty() && out.words.back() == ",") out.words.pop_back();
  return out;
}

std::optional<std::int64_t> count_of(std::string_view word) {
  auto known = std::ranges::find(kNumberWords, word);
  if (known != kNumberWords.end()) return known - kNumberWords.begin();
  bool fits = !word.empty() && word.size() <= kMaxDigits && std::ranges::all_of(word, is_digit);
  if (!fits || (word.size() > 1 && word.front() == '0')) return std::nullopt;
  std::int64_t count = 0;
  std::from_chars(word.data(), word.data() + word.size(), count);
  return count;
}

std::vector<std::string_view> alternatives_of(std::string_view alternatives) {
  std::vector<std::string_view> out;
  while (!alternatives.empty()) {
    std::size_t end = std::min(alternatives.find('|'), alternatives.size());
    out.push_back(alternatives.substr(0, end));
    alternatives.remove_prefix(std::min(end + 1, alternatives.size()));
  }
  return out;
}

bool is_one_of(std::string_view word, std::string_view alternatives) {
  while (!alternatives.empty()) {
    std::size_t end = std::min(alternatives.find('|'), alternatives.size());
    if (alternatives.substr(0, end) == word) return true;
    alternatives.remove_prefix(std::min(end + 1, alternatives.size()));
  }
  return false;
}

std::size_t beginning(std::span<const std::string> words, std::string_view form) {
  std::size_t count = 0;
  while (!form.empty()) {
    std::size_t end = std::min(form.find(' '), form.size());
    if (count == words.size() || !is_one_of(words[count], form.substr(0, end))) return 0;
    ++count;
    form.remove_prefix(std::min(end + 1, form.size()));
  }
  return count;
}

bool is_one_slip_from(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  std::size_t same = 0;
  while (same < a.size() && a[same] == b[same]) ++same;
  std::string_view rest_a = a.substr(same), rest_b = b.substr(same);
  if (rest_b.empty()) return true;
  if (rest_a == rest_b.substr(1)) return true;
  if (a.size() != b.size()) return false;
  if (rest_a.substr(1) == rest_b.substr(1)) return true;
  return rest_a.size() >= 2 && rest_a[0] == rest_b[1] && rest_a[1] == rest_b[0] && rest_a.substr(2) == rest_b.substr(2);
}

bool is_swapped(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || !is_one_slip_from(a, b)) return false;
  std::size_t same = 0;
  while (same < a.size() && a[same] == b[same]) ++same;
  return same + 1 < a.size() && a[same] == b[same + 1] && a[same + 1] == b[same];
}

}  // namespace ai_ops::reader
