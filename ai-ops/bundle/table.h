// What `kubectl get` prints: a head in capitals and rows whose cells stand under it. Also the small tables within
// `kubectl describe`, whose head is underlined. Pure.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace ai_ops::bundle {

inline constexpr std::size_t kMaxColumns = 64;  // a line of more is no head; kubectl's widest table has about twenty

// Borrows the text of its lines: cells are cut out of it when they are asked for.
class Table {
 public:
  // The first line is the head: columns are two or more spaces apart, so that "LAST SEEN" is one. Of a head of more
  // than kMaxColumns there is no table: no column and no row.
  explicit Table(const std::vector<std::string_view>& lines);

  std::vector<std::string_view> columns() const;
  std::size_t size() const { return rows_.size(); }
  // "" where there is no such column, where the line ends before it, and for "<none>".
  std::string_view cell(std::size_t row, std::string_view column) const;
  bool has(std::string_view column) const;

 private:
  struct Column {
    std::string_view name;
    std::size_t begin = 0, end = 0;  // in a row; the last one's goes on to the end of the line
  };
  static std::vector<Column> columns_of(std::string_view head);
  friend bool is_head(std::string_view line);

  std::vector<Column> columns_;
  std::vector<std::string_view> rows_;
};

// "NAME   READY   STATUS": capitals, two to kMaxColumns columns, beginning with one that kubectl begins a table with.
bool is_head(std::string_view line);

}  // namespace ai_ops::bundle
