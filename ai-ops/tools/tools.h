// The table of tools.
#pragma once
#include <span>
#include <string_view>

#include "ai-ops/tools/tool.h"

namespace ai_ops::tools {

std::span<const Tool> tools();
const Tool* find_tool(std::string_view name);  // null when there is none

}  // namespace ai_ops::tools
