#include "cli/terminal/history.h"

#include <algorithm>

#include "foundation/base/files.h"
#include "foundation/base/unicode.h"

namespace cli::terminal {

bool is_kept(std::string_view line) {
  if (line.empty() || line.size() > kMaxHistoryLineBytes || line.front() == ' ') return false;
  return line.find('\n') == std::string_view::npos && foundation::visible_text(line) == line;
}

std::vector<std::string> History::load() const {
  auto text = foundation::read_file(file_);
  if (!text) return {};
  std::vector<std::string> lines;
  for (std::string_view rest = *text; !rest.empty();) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (is_kept(line)) lines.emplace_back(line);
  }
  if (lines.size() > kMaxHistoryLines) lines.erase(lines.begin(), lines.end() - kMaxHistoryLines);
  return lines;
}

bool History::add(std::string_view line) const {
  if (file_.empty() || !is_kept(line)) return false;
  auto lines = load();
  if (!lines.empty() && lines.back() == line) return false;
  if (lines.size() == kMaxHistoryLines) lines.erase(lines.begin());
  std::string text;
  for (const auto& kept : lines) text += kept + "\n";
  return foundation::replace_file(file_, text + std::string(line) + "\n").has_value();
}

}  // namespace cli::terminal
