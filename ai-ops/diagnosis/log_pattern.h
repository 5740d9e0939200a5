// Lines of a log that differ only in numbers, ids and addresses are of one pattern; those of a stack trace tell nothing
// but where it happened. Any bytes. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace ai_ops::diagnosis {

inline constexpr std::size_t kMaxPatternBytes = 300;  // of a line that is looked at

// "2026-01-02T12:00:00Z GET /orders/17 took 12ms" -> "GET /orders/* took *"
std::string pattern_of(std::string_view line);
// The same as comparing the two patterns, without making all of it.
bool has_pattern(std::string_view line, std::string_view pattern);
// "\tat com.shop.Cart.add(Cart.java:17)", "  File \"cart.py\", line 3", "goroutine 1 [running]:"
bool is_of_a_trace(std::string_view line);

}  // namespace ai_ops::diagnosis
