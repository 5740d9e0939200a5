// The tables of `kubectl get` -> objects, as far as their columns say it. kubectl names no kind in them: each is known
// by its columns, or by the rows' own "deployment.apps/web". Pure.
#pragma once
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/json/value.h"

namespace ai_ops::bundle {

namespace json = foundation::json;

struct Listed {
  std::vector<json::Object> objects;
  std::size_t unknown_tables = 0;  // of no kind that is known
};

// `home`: the namespace of rows that name none. `now`: when the text was taken; ages count from it.
Listed read_listed(std::string_view text, std::string_view home, foundation::WallTime now);
// A head of such a table, or the row of an event without one.
bool begins_listed(std::string_view line);

}  // namespace ai_ops::bundle
