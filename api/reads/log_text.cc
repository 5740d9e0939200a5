#include "api/reads/log_text.h"

#include <algorithm>
#include <utility>

#include "api/redaction/patterns.h"
#include "foundation/base/unicode.h"

namespace api::reads {
namespace {

// A log that begins inside a PEM block shows its end without its beginning: all of that goes.
std::string_view without_cut_block(std::string_view text) {
  auto end = text.find("-----END ");
  if (end == std::string_view::npos || text.find("-----BEGIN ") < end) return text;
  auto line_end = text.find('\n', end);
  return line_end == std::string_view::npos ? std::string_view() : text.substr(line_end + 1);
}

std::string cut(std::string_view line) {
  if (line.size() <= kMaxLogLineBytes) return std::string(line);
  // Cleaned once more: the cut may have split a character.
  return foundation::visible_text(line.substr(0, kMaxLogLineBytes)) + "...";
}

}  // namespace

std::vector<std::string> log_lines(std::string_view text, int tail_lines, redaction::Pseudonyms& pseudonyms) {
  auto redacted = redaction::redact_text(without_cut_block(text), pseudonyms);
  std::string_view rest = redacted.str();
  while (rest.ends_with('\n')) rest.remove_suffix(1);
  std::vector<std::string> lines;
  while (!rest.empty() && lines.size() < static_cast<std::size_t>(tail_lines)) {
    auto begin = rest.rfind('\n');
    lines.push_back(cut(begin == std::string_view::npos ? rest : rest.substr(begin + 1)));
    rest = begin == std::string_view::npos ? std::string_view() : rest.substr(0, begin);
  }
  std::ranges::reverse(lines);
  return lines;
}

}  // namespace api::reads
