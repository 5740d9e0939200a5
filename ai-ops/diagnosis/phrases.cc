#include "ai-ops/diagnosis/phrases.h"

#include <algorithm>

#include "foundation/base/ascii.h"

namespace ai_ops::diagnosis {

using foundation::lower;

namespace {

constexpr Phrase kStartFailures[] = {
    {{"oom-kill", ""}, "out-of-memory"},
    {{"out of memory", ""}, "out-of-memory"},
    {{"memory limit", "too low"}, "out-of-memory"},
    {{"memory.max", ""}, "out-of-memory"},
    {{"executable file not found", ""}, "command-not-found"},
    {{"no such file or directory", "exec"}, "command-not-found"},
    {{"permission denied", "exec"}, "command-not-executable"},
    {{"exec format error", ""}, "image-wrong-platform"},
};

}  // namespace

std::span<const Phrase> start_failures() { return kStartFailures; }

// Looks for the first letter in either case, which is what most of a text does not have.
std::size_t find_words(std::string_view text, std::string_view lower_case_words, std::size_t from) {
  if (lower_case_words.empty()) return from;
  std::string_view rest = lower_case_words.substr(1);
  char small = lower_case_words.front();
  char capital = small >= 'a' && small <= 'z' ? static_cast<char>(small - 'a' + 'A') : small;
  auto after = [&](char first, std::size_t at) { return at < text.size() ? text.find(first, at) : text.npos; };
  std::size_t next_small = after(small, from), next_capital = capital == small ? text.npos : after(capital, from);
  while (next_small != text.npos || next_capital != text.npos) {
    std::size_t at = std::min(next_small, next_capital);
    if (std::ranges::equal(text.substr(at + 1, rest.size()), rest, {}, lower)) return at;
    std::size_t& next = at == next_small ? next_small : next_capital;
    next = after(at == next_small ? small : capital, at + 1);
  }
  return text.npos;
}

bool contains_words(std::string_view text, std::string_view lower_case_words) {
  return find_words(text, lower_case_words) != text.npos;
}

const Phrase* phrase_in(std::string_view text, std::span<const Phrase> rows) {
  auto fits = [&](const Phrase& row) {
    return std::ranges::all_of(row.words, [&](std::string_view words) { return contains_words(text, words); });
  };
  auto found = std::ranges::find_if(rows, fits);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace ai_ops::diagnosis
