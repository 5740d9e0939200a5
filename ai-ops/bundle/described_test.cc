#include "ai-ops/bundle/described.h"

#include <gtest/gtest.h>

namespace ai_ops::bundle {
namespace {

std::string key_of(std::string_view line) {
  Entry root = parse_described(line);
  return root.entries.empty() ? "nothing" : root.entries.front().key;
}

TEST(ParseDescribed, AKeyEndsAtTheFirstColonBeforeASpaceAndHoldsNoTwo) {
  EXPECT_EQ(key_of("Service Account:  web"), "Service Account");
  EXPECT_EQ(key_of("a:b: c"), "a:b");
  EXPECT_EQ(key_of("Status:"), "Status");
  EXPECT_EQ(key_of("Normal  Pulled  image: x"), "") << "the row of a table";
  EXPECT_EQ(key_of("a:b  c: d"), "") << "no colon before the gap ends a key";
  EXPECT_EQ(key_of(": a"), "");
  EXPECT_EQ(key_of("a:b"), "");
}

}  // namespace
}  // namespace ai_ops::bundle
