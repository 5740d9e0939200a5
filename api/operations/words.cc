#include "api/operations/words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "foundation/base/ascii.h"

namespace api::operations {
namespace {

constexpr std::size_t kMaxCountDigits = 18;  // fits 64 bits; the operation's schema says what is in range

constexpr std::array<std::string_view, 2> kBefore{"please", "kindly"};
constexpr std::array<std::string_view, 4> kAfter{"please", "now", "thanks", "thank you"};
constexpr std::string_view kNumbers[] = {"zero",     "one",      "two",      "three",   "four",    "five",
                                         "six",      "seven",    "eight",    "nine",    "ten",     "eleven",
                                         "twelve",   "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
                                         "eighteen", "nineteen", "twenty"};

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '/';
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool is_mark(std::string_view word) { return word == "," || word == ";"; }

std::size_t courtesy_words_before(std::span<const std::string> words) {
  bool found = !words.empty() && std::ranges::any_of(kBefore, [&](auto courtesy) { return says(words[0], courtesy); });
  return found ? 1 : 0;
}

// How many words at the end are a courtesy, with the comma before it.
std::size_t courtesy_words_after(std::span<const std::string> words) {
  for (std::string_view courtesy : kAfter) {
    std::size_t count = 1 + static_cast<std::size_t>(std::ranges::count(courtesy, ' '));
    if (words.size() < count) continue;
    std::string said = words[words.size() - count];
    if (count == 2) said += " " + words.back();
    if (!says(said, courtesy)) continue;
    bool comma = words.size() > count && words[words.size() - count - 1] == ",";
    return comma ? count + 1 : count;
  }
  return 0;
}

// How many words at the start join two parts: [mark] [and] [then], at least one of them.
std::size_t joint_words(std::span<const std::string> words) {
  std::size_t taken = 0;
  if (taken < words.size() && is_mark(words[taken])) ++taken;
  if (taken < words.size() && says(words[taken], "and")) ++taken;
  if (taken < words.size() && says(words[taken], "then")) ++taken;
  return taken;
}

}  // namespace

bool says(std::string_view word, std::string_view lower_case_word) {
  return foundation::lowered(word) == lower_case_word;
}

std::optional<std::vector<std::string>> words_of(std::string_view message) {
  message = trimmed(message);
  if (message.ends_with('.') || message.ends_with('!')) message = trimmed(message.substr(0, message.size() - 1));
  std::vector<std::string> words;
  for (std::size_t at = 0; at < message.size();) {
    std::size_t end = at;
    while (end < message.size() && in_word(message[end])) ++end;
    if (end == at) return std::nullopt;  // a character that no word has, or a mark without a word before it
    words.emplace_back(message.substr(at, end - at));
    at = end;
    if (at < message.size() && is_mark(message.substr(at, 1))) words.emplace_back(1, message[at++]);
    if (at < message.size() && message[at] != ' ') return std::nullopt;
    while (at < message.size() && message[at] == ' ') ++at;
  }
  return words;
}

std::span<const std::string> without_courtesies(std::span<const std::string> words) {
  words = words.subspan(courtesy_words_before(words));
  while (std::size_t count = courtesy_words_after(words)) words = words.first(words.size() - count);
  return words;
}

std::optional<std::vector<std::span<const std::string>>> parts_of(std::span<const std::string> words) {
  std::vector<std::span<const std::string>> parts;
  while (true) {
    std::size_t end = 0;
    while (end < words.size() && joint_words(words.subspan(end)) == 0) ++end;
    if (end == 0) return std::nullopt;
    parts.push_back(words.first(end));
    if (end == words.size()) return parts;
    words = words.subspan(end + joint_words(words.subspan(end)));
  }
}

std::optional<std::int64_t> count_in(std::string_view word) {
  if (auto named = std::ranges::find(kNumbers, foundation::lowered(word)); named != std::end(kNumbers))
    return named - std::begin(kNumbers);
  if (word.empty() || word.size() > kMaxCountDigits || (word.size() > 1 && word[0] == '0')) return std::nullopt;
  std::int64_t count = 0;
  auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);
  bool digits_only = word[0] != '-' && end == word.data() + word.size();
  return error == std::errc() && digits_only ? std::optional(count) : std::nullopt;
}

}  // namespace api::operations
