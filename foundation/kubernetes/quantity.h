// Kubernetes resource quantities: "500m", "64", "1.5Gi", "1e3".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace foundation::kubernetes {

// In thousandths of the unit, rounded away from zero (as Kubernetes rounds "up"); over +-(2^63-1)/1000 is refused. "64"
// -> 64000, "500m" -> 500, "1Gi" -> 2^30*1000.
Result<std::int64_t> parse_quantity_milli(std::string_view text);
std::string cpu_text(std::int64_t milli);  // 64000 -> "64", 500 -> "500m"
// Of whole bytes, in the largest unit that divides them: 2^29 -> "512Mi", 500'000'000 -> "500M", 1000 -> "1k", 7 ->
// "7".
std::string memory_text(std::int64_t bytes);

}  // namespace foundation::kubernetes
