#include "ai-ops/diagnosis/log_pattern.h"

#include <re2/re2.h>

#include <algorithm>

namespace ai_ops::diagnosis {
namespace {

constexpr std::string_view kSeparators = " \t,;()[]{}\"'=<>|";
constexpr std::size_t kMinHexBytes = 8;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// What a container runtime puts before each line: "2026-01-02T12:00:00.123456789Z ".
std::string_view without_stamp(std::string_view line) {
  std::size_t space = line.find(' ');
  if (space == line.npos || space < 20 || line[4] != '-' || line[10] != 'T') return line;
  return line.substr(space + 1);
}

std::string_view trimmed_end(std::string_view line) {
  while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  return line;
}

// A word that holds a number varies; so does a long hexadecimal one.
bool varies(std::string_view word) {
  bool has_digit = std::ranges::any_of(word, is_digit);
  return has_digit && (word.size() < kMinHexBytes || std::ranges::all_of(word, is_hex) || is_digit(word.front()) ||
                       is_digit(word.back()));
}

// "/orders/17/items" -> "/orders/*/items"
void append_word(std::string& out, std::string_view word) {
  for (std::size_t at = 0; at <= word.size();) {
    std::size_t end = std::min(word.find_first_of("/:", at), word.size());
    std::string_view part = word.substr(at, end - at);
    out += varies(part) ? std::string_view("*") : part;
    if (end < word.size()) out += word[end];
    at = end + 1;
  }
}

// The pattern of a line, word by word: who compares it with another need not make all of it.
class PatternSteps {
 public:
  explicit PatternSteps(std::string_view line) : rest_(without_stamp(line).substr(0, kMaxPatternBytes)) {}

  bool append_to(std::string& out) {
    if (rest_.empty()) return false;
    std::size_t end = std::min(rest_.find_first_of(kSeparators), rest_.size());
    append_word(out, rest_.substr(0, end));
    if (end < rest_.size()) out += rest_[end] == '\t' ? ' ' : rest_[end];
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return true;
  }

 private:
  std::string_view rest_;
};

}  // namespace

bool is_of_a_trace(std::string_view line) {
  // Indented: a frame of Java and JavaScript, how many of them are left out, one of Python, of the kernel. Anywhere: of
  // Go, how one of Python begins, of PHP and C.
  static const re2::RE2 kTrace(R"(\s+(at (async |new )?[^\s\d]\S*([.(]| \()|\.\.\. \d+ (more|common)|File "|\[<ffff))"
                               R"(|\s*(goroutine \d+ \[|Traceback \(|created by \S+\.|#\d+ +(/|0x)))",
                               re2::RE2::Latin1);
  std::string_view rest = without_stamp(line);
  return kTrace.Match({rest.data(), rest.size()}, 0, rest.size(), re2::RE2::ANCHOR_START, nullptr, 0);
}

std::string pattern_of(std::string_view line) {
  std::string out;
  for (PatternSteps steps(line); steps.append_to(out);) {
  }
  out.resize(trimmed_end(out).size());
  return out;
}

bool has_pattern(std::string_view line, std::string_view wanted) {
  std::string made;
  for (PatternSteps steps(line); steps.append_to(made);)
    if (!wanted.starts_with(trimmed_end(made))) return false;
  return trimmed_end(made) == wanted;
}

}  // namespace ai_ops::diagnosis
