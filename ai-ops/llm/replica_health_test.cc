#include "ai-ops/llm/replica_health.h"

#include <gtest/gtest.h>

namespace ai_ops::llm {
namespace {

using foundation::Milliseconds;
using foundation::SteadyTime;

constexpr LookTimes kTimes{.every = Milliseconds(10'000),
                           .first_wait = Milliseconds(1'000),
                           .longest_wait = Milliseconds(4'000),
                           .at_most = Milliseconds(3'000)};
SteadyTime at(int ms) { return SteadyTime(Milliseconds(ms)); }

TEST(ReplicaHealth, IsDownUntilItHasBeenLookedAtAndThenLookedAtAgain) {
  ReplicaHealth health(kTimes);
  EXPECT_EQ(health.state(), ReplicaState::down);
  EXPECT_EQ(health.cause(), "not looked at yet");
  EXPECT_LE(health.due(), at(0));
  health.looked(false, at(0), at(5));
  EXPECT_EQ(health.state(), ReplicaState::loading);
  EXPECT_EQ(health.cause(), "");
  EXPECT_EQ(health.due(), at(10'005));
  health.answered();
  EXPECT_EQ(health.state(), ReplicaState::ready) << "what has answered has the model in memory";
  health.looked(true, at(10'005), at(10'006));
  EXPECT_EQ(health.state(), ReplicaState::ready);
}

TEST(ReplicaHealth, EachFailureDoublesTheWaitAndALookThatSucceedsDoesNotShortenIt) {
  ReplicaHealth health(kTimes);
  int now = 0;
  for (int wait : {1'000, 2'000, 4'000, 4'000}) {
    health.failed("refused", at(now));
    EXPECT_EQ(health.state(), ReplicaState::down);
    EXPECT_EQ(health.cause(), "refused");
    EXPECT_EQ(health.due(), at(now + wait));
    now += wait;
    health.looked(true, at(now), at(now));
    EXPECT_EQ(health.state(), ReplicaState::ready);
  }
  health.answered();
  health.failed("refused", at(now));
  EXPECT_EQ(health.due(), at(now + 1'000)) << "an answer does";
}

TEST(ReplicaHealth, AnswersThatBreakTogetherAreOneFailure) {
  ReplicaHealth health(kTimes);
  health.looked(true, at(0), at(0));
  for (int i = 0; i < 4; ++i) health.failed("gone", at(100 + i));
  EXPECT_EQ(health.due(), at(1'100));
  EXPECT_EQ(health.last_failure(), at(103));
}

TEST(ReplicaHealth, ALookThatBeganBeforeAFailureSaysNothing) {
  ReplicaHealth health(kTimes);
  health.looked(true, at(0), at(0));
  health.failed("gone", at(100));
  health.looked(true, at(99), at(101));
  EXPECT_EQ(health.state(), ReplicaState::down);
  EXPECT_EQ(health.due(), at(1'100));
}

}  // namespace
}  // namespace ai_ops::llm
