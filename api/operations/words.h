// The words of a message that may hold commands, or nothing. Own of operations; pure.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace api::operations {

// A word as said, or one of the marks "," and ";" that ended one. Nothing when the message is not made of words alone:
// only letters, digits, "-", "." and "/" within words, spaces between, one "." or "!" at the end.
std::optional<std::vector<std::string>> words_of(std::string_view message);

bool says(std::string_view word, std::string_view lower_case_word);

// Without the courtesies before and after: please, kindly; please, now, thanks, thank you.
std::span<const std::string> without_courtesies(std::span<const std::string> words);

// Split at "and", "then", "," and ";" ("a, and then b" is one joint). Nothing when a joint is not between two parts.
std::optional<std::vector<std::span<const std::string>>> parts_of(std::span<const std::string> words);

// "5", "five". Nothing for leading zeros, signs, fractions and more digits than any count has.
std::optional<std::int64_t> count_in(std::string_view word);

}  // namespace api::operations
