#include "ai-ops/bundle/table.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "ai-ops/bundle/lines.h"

namespace ai_ops::bundle {
namespace {

constexpr std::array<std::string_view, 4> kFirstColumns{"NAME", "NAMESPACE", "LAST SEEN", "KIND"};

struct Column {
  std::string name;
  std::size_t begin = 0;
};

std::vector<Column> columns_of(std::string_view head) {
  std::vector<Column> out;
  std::size_t at = indent_of(head);
  while (at < head.size()) {
    std::size_t end = head.find("  ", at);
    out.push_back({std::string(head.substr(at, end - at)), at});
    at = end == head.npos ? head.size() : head.find_first_not_of(' ', end);
  }
  return out;
}

bool is_underline(std::string_view line) {
  return line.find('-') != line.npos && line.find_first_not_of("- ") == line.npos;
}

}  // namespace

Table::Table(const std::vector<std::string_view>& lines) {
  if (lines.empty()) return;
  auto columns = columns_of(lines.front());
  for (const Column& column : columns) columns_.push_back(column.name);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (is_blank(lines[i]) || is_underline(lines[i])) continue;
    auto& row = rows_.emplace_back();
    for (std::size_t c = 0; c < columns.size(); ++c) {
      std::size_t begin = std::min(columns[c].begin, lines[i].size());
      std::size_t end = c + 1 < columns.size() ? std::min(columns[c + 1].begin, lines[i].size()) : lines[i].size();
      std::string_view cell = trimmed(lines[i].substr(begin, end - begin));
      row.emplace_back(cell == "<none>" ? std::string_view() : cell);
    }
  }
}

std::string_view Table::cell(std::size_t row, std::string_view column) const {
  auto found = std::ranges::find(columns_, column);
  return found == columns_.end() ? std::string_view() : rows_[row][static_cast<std::size_t>(found - columns_.begin())];
}

bool Table::has(std::string_view column) const { return std::ranges::find(columns_, column) != columns_.end(); }

bool is_head(std::string_view line) {
  auto columns = columns_of(line);
  if (columns.size() < 2 || std::ranges::find(kFirstColumns, columns.front().name) == kFirstColumns.end()) return false;
  return std::ranges::none_of(line, [](unsigned char c) { return std::islower(c) != 0; });
}

}  // namespace ai_ops::bundle
