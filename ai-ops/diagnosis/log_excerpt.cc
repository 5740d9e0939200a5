#include "ai-ops/diagnosis/log_excerpt.h"

#include "ai-ops/diagnosis/log_pattern.h"
#include "foundation/base/text.h"

namespace ai_ops::diagnosis {
namespace {

bool tells(const LogLine& line) { return line.says.has_error_word || line.says.reason; }

std::optional<std::size_t> last_where(const LogExcerpt& log, std::size_t first, auto is_meant) {
  for (std::size_t i = log.lines.size(); i-- > first;)
    if (is_meant(log.lines[i])) return i;
  return std::nullopt;
}

}  // namespace

std::size_t number_of(const LogExcerpt& log, std::size_t index) {
  std::size_t number = log.lines[index].number;
  return number > 0 ? number : index + 1;
}

std::optional<std::size_t> index_of(const LogExcerpt& log, std::size_t number) {
  for (std::size_t i = 0; i < log.lines.size(); ++i)
    if (number_of(log, i) == number) return i;
  return std::nullopt;
}

std::size_t first_telling(const LogExcerpt& log) { return last_where(log, log.earlier, tells) ? log.earlier : 0; }

std::span<const LogLine> telling_lines(const LogExcerpt& log) {
  return std::span(log.lines).subspan(first_telling(log));
}

std::optional<std::size_t> cause_line(const LogExcerpt& log) {
  std::size_t first = first_telling(log);
  if (auto cause = last_where(log, first, [](const LogLine& line) { return line.says.names_first_cause; }))
    return cause;
  if (auto told = last_where(log, first, tells)) return told;
  return last_where(log, 0, [](const LogLine& line) { return !foundation::trimmed(line.text).empty(); });
}

std::size_t lines_alike(const LogExcerpt& log, std::size_t index) {
  std::string pattern = pattern_of(log.lines[index].text);
  std::size_t out = 0;
  for (const LogLine& line : log.lines)
    if (has_pattern(line.text, pattern)) out += line.count;
  return out;
}

}  // namespace ai_ops::diagnosis
