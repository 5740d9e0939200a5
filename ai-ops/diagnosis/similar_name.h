// Names that people confuse.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace ai_ops::diagnosis {

// Lower case, without what separates words: "Shipping_Service" and "shipping-service" are one.
std::string folded(std::string_view name);

// A slip of up to two letters in a name of at least six, or one name and "-" something more of it.
bool is_slip_of(std::string_view written, std::string_view meant);

}  // namespace ai_ops::diagnosis
