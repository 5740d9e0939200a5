// Small parts of plain sentences.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"

namespace ai_ops::agents {

std::string counted(std::int64_t count, std::string_view singular);    // "1 pod", "3 pods", "2 replicas"
std::string joined(const std::vector<std::string>& items);             // "a, b and c"
std::string ago(foundation::WallTime then, foundation::WallTime now);  // "4 min ago"
// Begins with a capital and ends with a mark.
std::string sentence(std::string_view text);

}  // namespace ai_ops::agents
