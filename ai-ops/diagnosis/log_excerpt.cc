#include "ai-ops/diagnosis/log_excerpt.h"

#include "ai-ops/diagnosis/log_pattern.h"
#include "foundation/base/text.h"

namespace ai_ops::diagnosis {
namespace {

std::optional<std::size_t> last_where(std::span<const LogLine> lines, auto is_meant) {
  for (std::size_t i = lines.size(); i-- > 0;)
    if (is_meant(lines[i])) return i;
  return std::nullopt;
}

std::optional<std::size_t> telling_line(std::span<const LogLine> lines) {
  auto cause = last_where(lines, [](const LogLine& line) { return line.says.names_first_cause; });
  auto tells = [](const LogLine& line) { return line.says.has_error_word || line.says.reason; };
  return cause ? cause : last_where(lines, tells);
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

std::optional<std::size_t> cause_line(const LogExcerpt& log) {
  if (auto line = telling_line(log.last_lines())) return *line + log.earlier;
  if (auto line = telling_line(std::span(log.lines).first(log.earlier))) return line;
  return last_where(log.lines, [](const LogLine& line) { return !foundation::trimmed(line.text).empty(); });
}

std::size_t lines_alike(const LogExcerpt& log, std::size_t index) {
  std::string pattern = pattern_of(log.lines[index].text);
  std::size_t out = 0;
  for (const LogLine& line : log.lines)
    if (has_pattern(line.text, pattern)) out += line.count;
  return out;
}

}  // namespace ai_ops::diagnosis
