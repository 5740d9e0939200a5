#include "ai-ops/conversations/names_in_text.h"

#include "ai-ops/conversations/conversations.h"
#include "foundation/base/ascii.h"

namespace ai_ops::conversations {

using foundation::lowered;

namespace {

bool is_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}
bool is_of_longer_character(char c) { return (c & 0x80) != 0; }

// The word that begins at `from`, without points and dashes at its end; empty when none does.
std::string_view word_at(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && is_of_word(text[end])) ++end;
  while (end > from && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  return text.substr(from, end - from);
}

}  // namespace

std::string first_words(std::string text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && (is_of_word(text[end]) || is_of_longer_character(text[end]))) --end;
  text.resize(end);
  return text;
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    std::string_view word = word_at(text, at);
    if (!word.empty()) out.push_back(lowered(word));
    at += word.empty() ? 1 : word.size();
  }
  return out;
}

std::string with_words_hidden(std::string_view text, const std::function<bool(std::string_view)>& hides) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::string_view word = word_at(text, at);
    if (word.empty()) {
      out += text[at++];
      continue;
    }
    out += hides(lowered(word)) ? kWithheld : word;
    at += word.size();
  }
  return out;
}

}  // namespace ai_ops::conversations
