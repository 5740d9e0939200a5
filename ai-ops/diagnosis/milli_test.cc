#include "ai-ops/diagnosis/milli.h"

#include <gtest/gtest.h>

namespace ai_ops::diagnosis {
namespace {

TEST(Milli, StaysAtTheEdgeOfItsRange) {
  EXPECT_EQ(plus(2, -3), -1);
  EXPECT_EQ(plus(kMostMilli, 1), kMostMilli);
  EXPECT_EQ(plus(kLeastMilli, -1), kLeastMilli);
  EXPECT_EQ(plus(kMostMilli, kLeastMilli), -1);
  EXPECT_EQ(minus(2, 3), -1);
  EXPECT_EQ(minus(kLeastMilli, 1), kLeastMilli);
  EXPECT_EQ(minus(0, kLeastMilli), kMostMilli);
  EXPECT_EQ(times(-2, 3), -6);
  EXPECT_EQ(times(kMostMilli, 100), kMostMilli);
  EXPECT_EQ(times(kLeastMilli, 2), kLeastMilli);
  EXPECT_EQ(times(-100, kMostMilli), kLeastMilli);
  EXPECT_EQ(times(kLeastMilli, -1), kMostMilli);
}

}  // namespace
}  // namespace ai_ops::diagnosis
