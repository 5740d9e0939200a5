// The table of operations. Adding one is a file and a row (docs/guides/add-an-operation.md).
#pragma once
#include <span>
#include <string_view>

#include "api/operations/operation.h"

namespace api::operations {

std::span<const Operation* const> catalogue();
const Operation* find_operation(std::string_view name);  // null when there is none

}  // namespace api::operations
