// UUID version 7 (RFC 9562): sortable by creation time, 74 random bits.
#pragma once
#include <string>
#include <string_view>

#include "foundation/base/clock.h"

namespace foundation {

// Lower-case text form. Randomness comes from getrandom(2).
std::string new_uuid(WallTime now);
bool is_uuid(std::string_view text);

}  // namespace foundation
