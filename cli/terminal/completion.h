// What Tab does to a word. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cli::terminal {

struct Completion {
  std::string insert;                // behind the word
  std::vector<std::string> choices;  // to be shown: several, of which none is longer than what stands there already
};

// Of all candidates those count that begin with the word; duplicates are one.
Completion complete(std::string_view word, std::vector<std::string> candidates);

// Choices as lines of a terminal, at most kMaxChoices of them.
inline constexpr std::size_t kMaxChoices = 100;
std::string choices_text(const std::vector<std::string>& choices, std::size_t columns);

}  // namespace cli::terminal
