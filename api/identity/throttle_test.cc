#include "api/identity/throttle.h"

#include <gtest/gtest.h>

#include "api/identity/login.h"
#include "foundation/database/temp_database.h"

namespace api::identity {
namespace {

using foundation::Code;
using foundation::ManualClock;
using foundation::database::TempDatabase;

class ThrottleTest : public testing::Test {
 protected:
  bool allowed(std::string key = "k") {
    auto done = db.write([=](Session& s) { return count_attempt(s, key); });
    if (!done) {
      EXPECT_EQ(done.error().code, Code::rate_limited);
    }
    return done.has_value();
  }
  ManualClock clock{WallTime(Milliseconds(1'000'000'000))};
  TempDatabase db{{migrations()}, &clock};
};

TEST(ThrottleWaitTest, DoublesFromTheFifthFailureToTheBound) {
  EXPECT_EQ(wait_after(0), Milliseconds(0));
  EXPECT_EQ(wait_after(4), Milliseconds(0));
  EXPECT_EQ(wait_after(5), Milliseconds(1'000));
  EXPECT_EQ(wait_after(6), Milliseconds(2'000));
  EXPECT_EQ(wait_after(14), Milliseconds(512'000));
  EXPECT_EQ(wait_after(15), kMaxWait);
  EXPECT_EQ(wait_after(1'000'000), kMaxWait);
}

TEST_F(ThrottleTest, BlocksAfterTheFreeFailuresAndOnlyThatKey) {
  for (int i = 0; i < kFreeFailures; ++i) EXPECT_TRUE(allowed());
  EXPECT_FALSE(allowed());
  EXPECT_TRUE(allowed("another"));
  clock.advance(Milliseconds(999));
  EXPECT_FALSE(allowed());
  clock.advance(Milliseconds(1));
  EXPECT_TRUE(allowed());
  clock.advance(Milliseconds(1'999));
  EXPECT_FALSE(allowed()) << "the wait has doubled; refused attempts did not count";
  clock.advance(Milliseconds(1));
  EXPECT_TRUE(allowed());
}

TEST_F(ThrottleTest, ForgetsAnHourAfterTheLastWait) {
  for (int i = 0; i < kFreeFailures; ++i) EXPECT_TRUE(allowed());
  clock.advance(wait_after(kFreeFailures) + kForgetFailures);
  for (int i = 0; i < kFreeFailures; ++i) EXPECT_TRUE(allowed());
  EXPECT_FALSE(allowed());
}

TEST_F(ThrottleTest, AnAttemptTakenBackDoesNotCount) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(allowed());
    ASSERT_TRUE(db.write([](Session& s) { return take_back_attempt(s, "k"); }));
  }
  for (int i = 0; i < kFreeFailures; ++i) EXPECT_TRUE(allowed());
  ASSERT_TRUE(db.write([](Session& s) { return take_back_attempt(s, "k"); }));
  EXPECT_FALSE(allowed()) << "what the others earned stands";
}

TEST_F(ThrottleTest, ForgottenKeysLeaveTheTable) {
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(allowed(std::to_string(i)));
  clock.advance(kForgetFailures + Milliseconds(1));
  EXPECT_TRUE(allowed("new"));
  auto rows = db.read([](Session& s) { return s.query("SELECT count(*) FROM login_failures"); });
  EXPECT_EQ(rows->at(0).integer(0), 1);
}

TEST(ThrottleKeyTest, AnIpv6AddressCountsAsItsNetwork) {
  EXPECT_EQ(address_key("2001:db8:1:2::1"), address_key("2001:db8:1:2:ffff::9"));
  EXPECT_NE(address_key("2001:db8:1:2::1"), address_key("2001:db8:1:3::1"));
  EXPECT_EQ(address_key("::ffff:192.0.2.1"), address_key("192.0.2.1"));
  EXPECT_NE(address_key("192.0.2.1"), address_key("192.0.2.2"));
  EXPECT_NE(address_key("x"), name_key("x"));
}

}  // namespace
}  // namespace api::identity
