// A message as words: lower-cased, without punctuation, with the marks that separate clauses kept.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ai_ops::reader {

struct Message {
  std::vector<std::string> words;  // "," stands for a comma or semicolon
  // One line of words, numbers and . , ; ? ! only. Quotes, symbols ("50%", "x=5") and other alphabets make it false:
  // such a message is never read as an operation.
  bool is_plain = true;
  bool is_question = false;  // it has a question mark
};

Message words_of(std::string_view text);

// The words between "|", for looking up.
std::vector<std::string_view> alternatives_of(std::string_view alternatives);

// "5", "five"; no signs, fractions, leading zeros, nothing over nine digits.
std::optional<std::int64_t> count_of(std::string_view word);

// `word` is one of "a|b|c".
bool is_one_of(std::string_view word, std::string_view alternatives);

// How many of the words the form stands for ("undo|revert it|that": two) when they begin so; 0: they do not.
std::size_t beginning(std::span<const std::string> words, std::string_view form);

// At most one letter added, dropped, changed, or swapped with its neighbour.
bool is_one_slip_from(std::string_view a, std::string_view b);
bool is_swapped(std::string_view a, std::string_view b);  // two neighbours, and nothing else

}  // namespace ai_ops::reader
