// Arithmetic on quantities in milli units. They are foreign numbers, as large as 64 bits hold: what leaves the range
// stays at its edge, which is still far more than anything has.
#pragma once
#include <cstdint>
#include <limits>

namespace ai_ops::diagnosis {

inline constexpr std::int64_t kMostMilli = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t kLeastMilli = std::numeric_limits<std::int64_t>::min();

constexpr std::int64_t plus(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  return __builtin_add_overflow(a, b, &out) ? (a < 0 ? kLeastMilli : kMostMilli) : out;
}

constexpr std::int64_t minus(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  return __builtin_sub_overflow(a, b, &out) ? (a < 0 ? kLeastMilli : kMostMilli) : out;
}

constexpr std::int64_t times(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  return __builtin_mul_overflow(a, b, &out) ? ((a < 0) != (b < 0) ? kLeastMilli : kMostMilli) : out;
}

}  // namespace ai_ops::diagnosis
