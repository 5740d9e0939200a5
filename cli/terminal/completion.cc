#include "cli/terminal/completion.h"

#include <fmt/format.h>

#include <algorithm>

namespace cli::terminal {
namespace {

constexpr std::size_t kGap = 2;  // columns between choices

std::string_view common_beginning(std::string_view a, std::string_view b) {
  auto [end, unused] = std::ranges::mismatch(a, b);
  return a.substr(0, static_cast<std::size_t>(end - a.begin()));
}

}  // namespace

Completion complete(std::string_view word, std::vector<std::string> candidates) {
  std::erase_if(candidates, [word](const std::string& candidate) { return !candidate.starts_with(word); });
  std::ranges::sort(candidates);
  auto duplicates = std::ranges::unique(candidates);
  candidates.erase(duplicates.begin(), duplicates.end());
  if (candidates.empty()) return {};
  if (candidates.size() == 1) return {candidates.front().substr(word.size()) + " ", {}};
  // In sorted order the first and the last share what all share.
  std::string insert(common_beginning(candidates.front(), candidates.back()).substr(word.size()));
  if (!insert.empty()) return {std::move(insert), {}};
  return {{}, std::move(candidates)};
}

std::string choices_text(const std::vector<std::string>& choices, std::size_t columns) {
  std::size_t shown = std::min(choices.size(), kMaxChoices), widest = 0;
  for (std::size_t i = 0; i < shown; ++i) widest = std::max(widest, choices[i].size());
  std::size_t in_a_line = std::max<std::size_t>(columns / (widest + kGap), 1);
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    bool ends_line = (i + 1) % in_a_line == 0 || i + 1 == shown;
    out += ends_line ? choices[i] + "\n" : fmt::format("{:<{}}", choices[i], widest + kGap);
  }
  if (shown < choices.size()) out += fmt::format("and {} more\n", choices.size() - shown);
  return out;
}

}  // namespace cli::terminal
