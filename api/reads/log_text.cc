#include "api/reads/log_text.h"

#include <algorithm>
#include <utility>

#include "api/cluster/cluster.h"
#include "foundation/base/unicode.h"
#include "foundation/redaction/patterns.h"

namespace api::reads {
namespace {

// A log that begins inside a private key shows its end without its beginning: all of that goes.
std::string_view without_cut_key(std::string_view text) {
  static constexpr std::string_view kEnd = "-----END ", kKey = "PRIVATE KEY";
  static constexpr std::size_t kLabelBytes = 60;
  for (auto end = text.find(kEnd); end != std::string_view::npos; end = text.find(kEnd, end + 1)) {
    if (!text.substr(end, kLabelBytes).contains(kKey)) continue;
    if (text.find("-----BEGIN ") < end) return text;
    auto line_end = text.find('\n', end);
    return line_end == std::string_view::npos ? std::string_view() : text.substr(line_end + 1);
  }
  return text;
}

// A log that was cut at its bound ends anywhere, in a token too, of which the part would not be known: that line goes.
std::string_view without_cut_line(std::string_view text) {
  if (text.size() < cluster::kMaxLogBytes) return text;
  auto last = text.rfind('\n');
  return last == std::string_view::npos ? text : text.substr(0, last);
}

std::string cut(std::string_view line) {
  if (line.size() <= kMaxLogLineBytes) return std::string(line);
  // Cleaned once more: the cut may have split a character.
  return foundation::visible_text(line.substr(0, kMaxLogLineBytes)) + "...";
}

}  // namespace

std::vector<std::string> log_lines(std::string_view text, int tail_lines,
                                   foundation::redaction::Pseudonyms& pseudonyms) {
  auto redacted = foundation::redaction::redact_text(without_cut_key(without_cut_line(text)), pseudonyms);
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
