// A log made short: stack traces folded to what they begin with and their first cause, lines that differ only in
// numbers, ids and addresses counted as one pattern. One pass, bounded memory, any bytes. Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ai_ops::diagnosis {

inline constexpr std::size_t kMaxPatterns = 200;      // of one log; what comes after them is counted as `others`
inline constexpr std::size_t kMaxPatternBytes = 300;  // of a line that is looked at

struct LogPattern {
  std::string text;                 // with "*" for what varies
  std::size_t count = 0;            // lines
  std::size_t first = 0, last = 0;  // indices of lines
  bool is_error = false;
};

struct LogDigest {
  std::vector<LogPattern> patterns;        // errors first, then the more frequent, then the earlier
  std::size_t others = 0;                  // lines of patterns beyond kMaxPatterns
  std::size_t folded = 0;                  // lines of stack traces
  std::optional<std::size_t> first_cause;  // the line of the last trace that names its first cause
};

LogDigest digest(std::span<const std::string> lines);

// The line that says best why: the first cause of the last trace, else the last that tells of an error, else the last.
std::optional<std::size_t> cause_line(const std::vector<std::string>& lines);

// How many lines of the log are the same as this one but for what varies; 1: it stands alone.
std::size_t lines_alike(std::span<const std::string> lines, std::size_t line);

// "2026-01-02T12:00:00Z GET /orders/17 took 12ms" -> "* GET /orders/* took *"
std::string pattern_of(std::string_view line);
// "\tat com.shop.Cart.add(Cart.java:17)", "  File \"cart.py\", line 3", "goroutine 1 [running]:"
bool is_of_a_trace(std::string_view line);

}  // namespace ai_ops::diagnosis
