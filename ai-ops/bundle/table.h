// What `kubectl get` prints: a head in capitals and rows whose cells stand under it. Also the small tables within
// `kubectl describe`, whose head is underlined. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ai_ops::bundle {

class Table {
 public:
  // The first line is the head: columns are two or more spaces apart, so that "LAST SEEN" is one.
  explicit Table(const std::vector<std::string_view>& lines);

  const std::vector<std::string>& columns() const { return columns_; }
  std::size_t size() const { return rows_.size(); }
  // "" where there is no such column, and for "<none>".
  std::string_view cell(std::size_t row, std::string_view column) const;
  bool has(std::string_view column) const;

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// "NAME   READY   STATUS": capitals, at least two columns, beginning with one that kubectl begins a table with.
bool is_head(std::string_view line);

}  // namespace ai_ops::bundle
