// An invitation sets one password, once, for a day, and nobody reads it out of the database.
#include "api/identity/invitations.h"

#include <gtest/gtest.h>

#include "api/identity/login.h"
#include "foundation/database/temp_database.h"

namespace api::identity {
namespace {

using foundation::Code;
using foundation::ManualClock;
using foundation::database::TempDatabase;

const UserName kErin("erin");
const std::string kAddress = "192.0.2.1";

class InvitationTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(db.write([](Session& s) { return add_user(s, {kErin, OrganizationName("demo"), "Erin"}, ""); }));
  }
  Secret invited() {
    return db.write([](Session& s) { return invite(s, kErin); })->token;
  }
  Result<bool> tried(const Secret& token, const std::string& address = kAddress) {
    return db.write([=](Session& s) { return try_invitation(s, token, address); });
  }
  Result<LoggedIn> accepted(const Secret& token) {
    return db.write([=](Session& s) { return accept_invitation(s, token, "hash", kAddress); });
  }
  std::string stored_password() {
    return db.read([](Session& s) { return s.query("SELECT password_hash FROM users"); })->at(0).text(0);
  }
  ManualClock clock{WallTime(Milliseconds(1'000'000'000))};
  TempDatabase db{{migrations()}, &clock};
};

TEST_F(InvitationTest, SetsThePasswordAndSignsInOnce) {
  auto token = invited();
  EXPECT_EQ(tried(token), true);
  auto in = accepted(token);
  ASSERT_TRUE(in) << in.error().text();
  EXPECT_EQ(in->user.name, kErin);
  EXPECT_EQ(stored_password(), "hash");
  EXPECT_TRUE(db.read([&](Session& s) { return session_user(s, in->session.token); }));
  EXPECT_EQ(tried(token), false);
  EXPECT_EQ(accepted(token).error().code, Code::unauthenticated);
  EXPECT_TRUE(db.read([&](Session& s) { return session_user(s, in->session.token); }))
      << "the second try ended nothing";
}

TEST_F(InvitationTest, ItsTokenIsRandomAndOnlyItsDigestIsStored) {
  auto one = invited();
  auto two = invited();
  EXPECT_NE(one.reveal(), two.reveal());
  EXPECT_EQ(two.reveal().size(), 43u);
  auto rows = db.read([](Session& s) { return s.query("SELECT id FROM invitations"); }).value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows[0].text(0).starts_with("sha256:"));
  EXPECT_EQ(tried(Secret(rows[0].text(0))), false);
}

TEST_F(InvitationTest, ANewOneTakesThePlaceOfTheLast) {
  auto old = invited();
  auto fresh = invited();
  EXPECT_EQ(tried(old), false);
  EXPECT_EQ(tried(fresh), true);
}

TEST_F(InvitationTest, EndsAfterADay) {
  auto token = invited();
  clock.advance(kInvitationLifetime - Milliseconds(1));
  EXPECT_EQ(tried(token), true);
  clock.advance(Milliseconds(1));
  EXPECT_EQ(tried(token), false);
  EXPECT_EQ(accepted(token).error().code, Code::unauthenticated);
  EXPECT_EQ(stored_password(), "");
}

TEST_F(InvitationTest, EndsTheSessionsOfTheOldPassword) {
  auto before = db.write([](Session& s) { return open_session(s, kErin); }).value();
  auto in = accepted(invited());
  ASSERT_TRUE(in);
  EXPECT_FALSE(db.read([&](Session& s) { return session_user(s, before.token); }));
}

TEST_F(InvitationTest, DisablingTakesItBackAndADisabledUserGetsNone) {
  auto token = invited();
  ASSERT_TRUE(db.write([](Session& s) { return set_disabled(s, kErin, true); }));
  EXPECT_EQ(tried(token), false);
  EXPECT_EQ(db.write([](Session& s) { return invite(s, kErin); }).error().code, Code::conflict);
  ASSERT_TRUE(db.write([](Session& s) { return set_disabled(s, kErin, false); }));
  EXPECT_EQ(accepted(token).error().code, Code::unauthenticated) << "enabling gives no invitation back";
  EXPECT_EQ(db.write([](Session& s) { return invite(s, UserName("none")); }).error().code, Code::not_found);
}

TEST_F(InvitationTest, GuessedTokensBlockTheAddressLikeGuessedPasswords) {
  auto token = invited();
  for (int i = 0; i < kFreeFailures; ++i) EXPECT_EQ(tried(Secret(std::string(43, char('A' + i)))), false);
  EXPECT_EQ(tried(token).error().code, Code::rate_limited);
  EXPECT_EQ(tried(token, "198.51.100.1"), true);
  clock.advance(kMaxWait);
  EXPECT_EQ(tried(token), true);
}

TEST_F(InvitationTest, ThoseThatAreAcceptedAreNotThrottled) {
  for (int i = 0; i < kFreeFailures + 2; ++i) {
    auto token = invited();
    ASSERT_EQ(tried(token), true) << i;
    ASSERT_TRUE(accepted(token));
  }
}

}  // namespace
}  // namespace api::identity
