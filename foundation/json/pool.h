// Many values that live and end together: what they hold comes from one pool, which is freed at once; value by value is
// what most of the time of a large document goes into.
#pragma once
#include <memory>

#include "foundation/json/value.h"

namespace foundation::json {

// Must outlive the values that were read into it. Copies of them are on their own. One thread at a time.
using Pool = boost::json::monotonic_resource;

// As the function of value.h.
Result<Value> parse_tolerant(std::string_view text, ParseLimits limits, Pool& pool);

}  // namespace foundation::json
