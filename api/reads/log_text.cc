#include "api/reads/log_text.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "foundation/base/unicode.h"
#include "foundation/redaction/patterns.h"

namespace api::reads {
namespace {

namespace redaction = foundation::redaction;

// A log whose first line lies inside a private key shows the key's end without its beginning: all of that goes. One
// that is there whole is a pseudonym by now.
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

// How far a credential that begins above the cut can reach, in bytes of what cleaning and redaction made of them.
std::size_t reach_of_cut(std::string_view log, redaction::Pseudonyms& pseudonyms) {
  std::string_view head = log.substr(0, redaction::kMaxCredentialBytes);
  return std::max(foundation::visible_text(head).size(), redaction::redact_text(head, pseudonyms).str().size());
}

// A log that was cut at its bound begins anywhere, in a token too, of which the part would not be known: what a
// credential that begins above the cut can reach to was read with the rest, and is not shown.
std::string_view below_cut(std::string_view redacted, std::size_t reach) {
  auto line_end = redacted.find('\n', reach);
  return line_end == std::string_view::npos ? std::string_view() : redacted.substr(line_end + 1);
}

std::string cut(std::string_view line) {
  if (line.size() <= kMaxLogLineBytes) return std::string(line);
  // Cleaned once more: the cut may have split a character.
  return foundation::visible_text(line.substr(0, kMaxLogLineBytes)) + "...";
}

}  // namespace

std::vector<std::string> log_lines(const cluster::LogTail& log, int tail_lines, redaction::Pseudonyms& pseudonyms) {
  auto redacted = redaction::redact_text(log.text(), pseudonyms);
  std::string_view rest = redacted.str();
  if (log.is_cut()) rest = below_cut(rest, reach_of_cut(log.text(), pseudonyms));
  rest = without_cut_key(rest);
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
