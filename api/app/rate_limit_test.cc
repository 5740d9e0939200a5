#include <gtest/gtest.h>

#include "api/app/rate_limit.h"

namespace api::app {
namespace {

using foundation::Milliseconds;
using foundation::WallTime;

WallTime at(int ms) { return WallTime(Milliseconds(1'000'000 + ms)); }

TEST(RateLimit, BurstThenTheRate) {
  RateLimit limit(60, 3);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limit.take("erin", at(0)));
  auto wait = limit.take("erin", at(0));
  ASSERT_TRUE(wait);
  EXPECT_GT(wait->count(), 900);
  EXPECT_LE(wait->count(), 1'001);
  EXPECT_FALSE(limit.take("erin", at(1'001)));
  EXPECT_TRUE(limit.take("erin", at(1'002)));
}

TEST(RateLimit, KeysDoNotShareABucket) {
  RateLimit limit(60, 1);
  EXPECT_FALSE(limit.take("erin", at(0)));
  EXPECT_FALSE(limit.take("vic", at(0)));
}

TEST(RateLimit, KeysAreBounded) {
  RateLimit limit(60, 1);
  for (std::size_t i = 0; i < kMaxRateKeys; ++i) EXPECT_FALSE(limit.take(std::to_string(i), at(0)));
  EXPECT_TRUE(limit.take("one more", at(0)));
  EXPECT_FALSE(limit.take("one more", at(2'000)));  // the others are full again and forgotten
}

TEST(RateLimit, AClockThatStepsBackGivesNothing) {
  RateLimit limit(60, 1);
  EXPECT_FALSE(limit.take("erin", at(5'000)));
  EXPECT_TRUE(limit.take("erin", at(0)));
}

}  // namespace
}  // namespace api::app
