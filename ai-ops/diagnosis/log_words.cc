#include "ai-ops/diagnosis/log_words.h"

#include <fmt/format.h>

#include <string>

#include "ai-ops/diagnosis/phrases.h"
#include "foundation/base/ascii.h"

namespace ai_ops::diagnosis {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_part(char c) {
  char small = foundation::lower(c);
  return (small >= 'a' && small <= 'z') || is_digit(c) || c == '-' || c == '_';
}

}  // namespace

bool mentions(std::string_view line, std::string_view name) {
  std::string wanted = foundation::lowered(name);
  if (wanted.empty()) return false;
  for (std::size_t at = find_words(line, wanted); at != line.npos; at = find_words(line, wanted, at + 1)) {
    std::size_t end = at + wanted.size();
    bool starts = at == 0 || !is_name_part(line[at - 1]);
    if (starts && (end == line.size() || !is_name_part(line[end]))) return true;
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
