// Names and ports as log lines write them. Pure.
#pragma once
#include <cstdint>
#include <string_view>

namespace ai_ops::diagnosis {

// `name` stands in the line as a whole name (not within a longer one), whatever its case.
bool mentions(std::string_view line, std::string_view name);
// "...:80" stands in the line, and no longer number nor a time of day.
bool mentions_port(std::string_view line, std::int64_t port);

}  // namespace ai_ops::diagnosis
