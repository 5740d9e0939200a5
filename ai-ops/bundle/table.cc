#include "ai-ops/bundle/table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

#include "ai-ops/bundle/lines.h"

namespace ai_ops::bundle {
namespace {

constexpr std::array<std::string_view, 4> kFirstColumns{"NAME", "NAMESPACE", "LAST SEEN", "KIND"};

bool is_underline(std::string_view line) {
  return line.find('-') != line.npos && line.find_first_not_of("- ") == line.npos;
}

}  // namespace

std::vector<Table::Column> Table::columns_of(std::string_view head) {
  std::vector<Column> out;
  for (std::size_t at = indent_of(head); at < head.size();) {
    if (out.size() == kMaxColumns) return {};
    std::size_t end = std::min(head.find("  ", at), head.size());
    std::size_t next = std::min(head.find_first_not_of(' ', end), head.size());
    out.push_back({head.substr(at, end - at), at, next == head.size() ? head.npos : next});
    at = next;
  }
  return out;
}

Table::Table(const std::vector<std::string_view>& lines) {
  if (lines.empty()) return;
  columns_ = columns_of(lines.front());
  if (columns_.empty()) return;
  std::copy_if(std::next(lines.begin()), lines.end(), std::back_inserter(rows_),
               [](std::string_view line) { return !is_blank(line) && !is_underline(line); });
}

std::vector<std::string_view> Table::columns() const {
  std::vector<std::string_view> out;
  for (const Column& column : columns_) out.push_back(column.name);
  return out;
}

std::string_view Table::cell(std::size_t row, std::string_view column) const {
  auto found = std::ranges::find(columns_, column, &Column::name);
  if (found == columns_.end() || rows_[row].size() <= found->begin) return {};
  std::string_view cell = trimmed(rows_[row].substr(found->begin, found->end - found->begin));
  return cell == "<none>" ? std::string_view() : cell;
}

bool Table::has(std::string_view column) const {
  return std::ranges::find(columns_, column, &Column::name) != columns_.end();
}

bool is_head(std::string_view line) {
  auto columns = Table::columns_of(line);
  if (columns.size() < 2 || std::ranges::find(kFirstColumns, columns.front().name) == kFirstColumns.end()) return false;
  return std::ranges::none_of(line, [](unsigned char c) { return std::islower(c) != 0; });
}

}  // namespace ai_ops::bundle
