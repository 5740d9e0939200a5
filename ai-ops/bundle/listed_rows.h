// How a row of each kind's table fills its object: kind and metadata are there already.
#pragma once
#include <array>
#include <span>
#include <string_view>

#include "ai-ops/bundle/table.h"
#include "foundation/base/clock.h"
#include "foundation/json/value.h"

namespace ai_ops::bundle {

namespace json = foundation::json;

struct Row {
  const Table& table;
  std::size_t number;
  foundation::WallTime now;  // when the text was taken
  std::string_view operator[](std::string_view column) const { return table.cell(number, column); }
};

struct ListedKind {
  std::string_view name, resource;          // resource: as rows of several kinds name it
  std::array<std::string_view, 3> columns;  // that all are there; "" counts as there
  void (*put)(json::Object&, const Row&);
  bool is_namespaced = true;
  // Columns that tables of many kinds have: it is this kind only when there are no others, but for those of any table.
  bool has_no_others = false;
};

// The first that fits is it: those with more columns of their own stand first.
std::span<const ListedKind> listed_kinds();

}  // namespace ai_ops::bundle
