#include "ai-ops/diagnosis/log_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "foundation/base/ascii.h"

namespace ai_ops::diagnosis {

using foundation::lowered;

namespace {

constexpr std::array<std::string_view, 13> kErrorWords{"error",   "fatal",     "panic",  "exception", "failed",
                                                       "failure", "refused",   "denied", "cannot",    "could not",
                                                       "unable",  "timed out", "timeout"};

constexpr std::array<std::string_view, 19> kConnectionWords{"connection refused",
                                                            "econnrefused",
                                                            "connect:",
                                                            "connection reset",
                                                            "econnreset",
                                                            "could not connect",
                                                            "communications link failure",
                                                            "mongonetworkerror",
                                                            "cannot connect",
                                                            "can't connect",
                                                            "failed to connect",
                                                            "unable to connect",
                                                            "no such host",
                                                            "unknown host",
                                                            "name or service not known",
                                                            "enotfound",
                                                            "no route to host",
                                                            "timed out",
                                                            "timeout"};

constexpr std::array<std::string_view, 4> kServerErrors{"500", "502", "503", "504"};

bool has_any(std::string_view line, auto& words) {
  std::string text = lowered(line);
  return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_part(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

}  // namespace

std::optional<std::size_t> telling_line(const std::vector<std::string>& lines) {
  std::optional<std::size_t> last;
  for (std::size_t i = lines.size(); i-- > 0;) {
    bool is_blank = lines[i].find_first_not_of(" \t\r\n") == std::string::npos;
    if (is_blank) continue;
    if (has_any(lines[i], kErrorWords)) return i;
    if (!last) last = i;
  }
  return last;
}

bool tells_of_a_connection(std::string_view line) { return has_any(line, kConnectionWords); }

bool tells_of_failure(std::string_view line) {
  return has_any(line, kErrorWords) || tells_of_a_connection(line) ||
         std::ranges::any_of(kServerErrors, [&](std::string_view status) { return mentions(line, status); });
}

bool mentions(std::string_view line, std::string_view name) {
  std::string text = lowered(line), wanted = lowered(name);
  if (wanted.empty()) return false;
  for (std::size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) {
    std::size_t end = at + wanted.size();
    bool starts = at == 0 || !is_name_part(text[at - 1]);
    if (starts && (end == text.size() || !is_name_part(text[end]))) return true;
  }
  return false;
}

bool mentions_port(std::string_view line, std::int64_t port) {
  std::string wanted = fmt::format(":{}", port);
  for (std::size_t at = line.find(wanted); at != line.npos; at = line.find(wanted, at + 1)) {
    std::string_view before = line.substr(0, at), after = line.substr(at + wanted.size());
    bool goes_on = !after.empty() && is_digit(after.front());
    bool is_minute = after.size() > 1 && after[0] == ':' && is_digit(after[1]);
    bool is_second = before.size() > 2 && before[before.size() - 3] == ':' && is_digit(before[before.size() - 2]) &&
                     is_digit(before.back());
    if (!goes_on && !is_minute && !is_second) return true;
  }
  return false;
}

}  // namespace ai_ops::diagnosis
