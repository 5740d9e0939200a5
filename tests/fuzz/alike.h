// Two JSON values that say the same, the second one read from what the first was written as.
#pragma once
#include "foundation/json/value.h"

namespace fuzz {

bool alike(const foundation::json::Value& a, const foundation::json::Value& b);

}  // namespace fuzz
