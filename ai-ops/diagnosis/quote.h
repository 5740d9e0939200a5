// Text of a cluster, made fit to stand inside a sentence: visible, on one line, bounded.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace ai_ops::diagnosis {

inline constexpr std::size_t kMaxQuoteBytes = 200;

// Cut at a character, with "..." where something was left out.
std::string quote(std::string_view foreign, std::size_t max_bytes = kMaxQuoteBytes);

}  // namespace ai_ops::diagnosis
