#include "ai-ops/tools/tools.h"

#include <array>

namespace ai_ops::tools {

Tool get_object_tool();
Tool list_events_tool();
Tool get_logs_tool();

std::span<const Tool> tools() {
  static const std::array kTools{get_object_tool(), list_events_tool(), get_logs_tool()};
  return kTools;
}

const Tool* find_tool(std::string_view name) {
  for (const Tool& tool : tools())
    if (tool.name == name) return &tool;
  return nullptr;
}

}  // namespace ai_ops::tools
