#include "tests/fuzz/alike.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fuzz {
namespace {

// Boost.JSON reads a double of many digits up to some units of its last place off, and 0e400 as no number (0 * 10^400);
// the tolerant reader is Boost's. The strict one and canonical(), which signatures stand on, are exact.
constexpr double kMostOff = 1e-14;
constexpr double kHuge = 1e308;  // so near to infinity that it may be read as that

bool is_huge(const foundation::json::Value& number) {  // an infinite one is written as null
  return number.is_null() || (number.is_double() && !(std::abs(number.get_double()) < kHuge));
}

}  // namespace

bool alike(const foundation::json::Value& a, const foundation::json::Value& b) {
  if (a.is_double() && std::isnan(a.get_double())) return b.is_number() || b.is_null();
  if (a.is_double() && is_huge(a)) return is_huge(b);
  if (a.is_double() && b.is_double()) {
    auto most = kMostOff * std::abs(a.get_double()) + std::numeric_limits<double>::min();
    return std::abs(a.get_double() - b.get_double()) <= most || a == b;
  }
  if (a.is_array() && b.is_array()) return std::ranges::equal(a.get_array(), b.get_array(), alike);
  if (!a.is_object() || !b.is_object()) return a == b;
  const auto& others = b.get_object();
  return a.get_object().size() == others.size() && std::ranges::all_of(a.get_object(), [&](const auto& member) {
           const auto* other = others.if_contains(member.key());
           return other && alike(member.value(), *other);
         });
}

}  // namespace fuzz
