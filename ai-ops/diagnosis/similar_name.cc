#include "ai-ops/diagnosis/similar_name.h"

#include <algorithm>
#include <vector>

#include "foundation/base/ascii.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::size_t kMaxSlips = 2;
constexpr std::size_t kMinLength = 6;   // two letters of a shorter name are too much of it
constexpr std::size_t kMaxLength = 64;  // of a DNS label

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Levenshtein, row by row.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t above_left = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t changed = above_left + (a[i - 1] == b[j - 1] ? 0 : 1);
      above_left = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

bool is_extended(std::string_view longer, std::string_view shorter) {
  return longer.size() > shorter.size() + 1 && longer.starts_with(shorter) && longer[shorter.size()] == '-';
}

}  // namespace

std::string folded(std::string_view name) {
  std::string out;
  for (char c : name) {
    char low = foundation::lower(c);
    if (is_letter_or_digit(low)) out += low;
  }
  return out;
}

bool is_slip_of(std::string_view written, std::string_view meant) {
  if (written == meant || written.empty() || meant.empty() || std::max(written.size(), meant.size()) > kMaxLength)
    return false;
  if (folded(written) == folded(meant) || is_extended(written, meant) || is_extended(meant, written)) return true;
  std::size_t shorter = std::min(written.size(), meant.size()), longer = std::max(written.size(), meant.size());
  return shorter >= kMinLength && longer - shorter <= kMaxSlips && edits(written, meant) <= kMaxSlips;
}

}  // namespace ai_ops::diagnosis
