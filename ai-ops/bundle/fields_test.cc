#include "ai-ops/bundle/fields.h"

#include <gtest/gtest.h>

namespace ai_ops::bundle {
namespace {

using std::chrono::seconds;

const WallTime kNow = *foundation::parse_rfc3339("2026-01-02T12:00:00Z");

std::optional<seconds> age(std::string_view text) {
  auto at = ago(text, kNow);
  if (!at) return std::nullopt;
  return std::chrono::duration_cast<seconds>(kNow - *at);
}

TEST(Ago, AgesOfKubectlAndOfSystemd) {
  const std::pair<const char*, std::int64_t> kAges[] = {{"63s", 63},
                                                        {"2m21s", 141},
                                                        {"5d4h", 446'400},
                                                        {"1y", 31'536'000},
                                                        {"2m21s (x2 over 5m)", 141},
                                                        {"0 days", 0},
                                                        {"4h 31min ago", 16'260},
                                                        {"1 day 2h ago", 93'600},
                                                        {"1 week 2 days ago", 777'600},
                                                        {"1.5s ago", 1},
                                                        {"250ms ago", 0}};
  for (const auto& [text, length] : kAges) EXPECT_EQ(age(text), seconds(length)) << text;
  for (const char* none : {"", "<unknown>", "<invalid>", "5", "5 ", "m", "5x", "5mx", "-5m", "5 apples", "5m 3"})
    EXPECT_EQ(age(none), std::nullopt) << none;
}

TEST(Ago, MoreThanTheLongestAgeIsNone) {
  EXPECT_EQ(age("199y"), seconds(std::chrono::days(199 * 365)));
  std::string many;
  for (int i = 0; i < 400; ++i) many += "999999y";
  for (const std::string& text :
       {std::string("201y"), std::string("150y150y"), many, std::string("9223372036854775807y"),
        std::string("9223372036854775807s"), std::string("99999999999999999999s")})
    EXPECT_EQ(age(text), std::nullopt) << text;
}

TEST(Amount, IsANumberOrAShare) {
  EXPECT_EQ(amount("2"), json::Value(2));
  EXPECT_EQ(amount("50%"), json::Value("50%"));
  for (const char* none : {"", "N/A", "2 of 3", "%"}) EXPECT_TRUE(amount(none).is_null()) << none;
}

}  // namespace
}  // namespace ai_ops::bundle
