#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

#include "foundation/database/database.h"

namespace foundation::database {
namespace {

template <class T>
const T& cell_of(const std::vector<Cell>& cells, std::size_t column) {
  const T* value = column < cells.size() ? std::get_if<T>(&cells[column]) : nullptr;
  if (value == nullptr) {
    fmt::print(stderr, "database: column {} is missing or of another type\n", column);
    std::abort();
  }
  return *value;
}

}  // namespace

std::int64_t Row::integer(std::size_t column) const { return cell_of<std::int64_t>(cells_, column); }
double Row::real(std::size_t column) const { return cell_of<double>(cells_, column); }
const std::string& Row::text(std::size_t column) const { return cell_of<std::string>(cells_, column); }
const std::string& Row::blob(std::size_t column) const { return cell_of<Blob>(cells_, column).bytes; }

bool Row::is_null(std::size_t column) const {
  return column < cells_.size() ? cells_[column].index() == 0 : (cell_of<std::monostate>(cells_, column), false);
}

std::optional<std::int64_t> Row::optional_integer(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<std::string> Row::optional_text(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

}  // namespace foundation::database
