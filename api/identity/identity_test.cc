#include "api/identity/identity.h"

#include <gtest/gtest.h>

#include "foundation/database/temp_database.h"

namespace api::identity {
namespace {

using foundation::Code;
using foundation::ManualClock;
using foundation::database::TempDatabase;

const UserName kErin("erin");
const OrganizationName kDemo("demo");

class IdentityTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(add(kErin)); }
  Done add(const UserName& name, const OrganizationName& organization = kDemo) {
    return db.write([=](Session& s) { return add_user(s, {name, organization, "A name"}, "hash"); });
  }
  NewSession opened(const UserName& name = kErin) {
    return db.write([=](Session& s) { return open_session(s, name); }).value();
  }
  Result<SessionUser> of(const Secret& token) {
    return db.read([=](Session& s) { return session_user(s, token); });
  }
  bool alive(const NewSession& session) { return of(session.token).has_value(); }
  void touch(const NewSession& session) {
    ASSERT_TRUE(db.write([id = session.session_id](Session& s) { return touch_session(s, id); }));
  }
  ManualClock clock{WallTime(Milliseconds(1'000'000'000))};
  TempDatabase db{{migrations()}, &clock};
};

TEST_F(IdentityTest, AUserIsFoundAsAddedAndOnlyOnce) {
  auto user = db.read([](Session& s) { return find_user(s, kErin); });
  ASSERT_TRUE(user);
  EXPECT_EQ(user->organization, kDemo);
  EXPECT_EQ(user->display, "A name");
  EXPECT_FALSE(user->disabled);
  EXPECT_EQ(add(kErin).error().code, Code::conflict);
  EXPECT_EQ(add(UserName("../x")).error().code, Code::invalid);
  EXPECT_EQ(add(UserName("x"), OrganizationName()).error().code, Code::invalid);
  EXPECT_EQ(db.read([](Session& s) { return find_user(s, UserName("none")); }).error().code, Code::not_found);
}

TEST_F(IdentityTest, EnsuringAUserAddsThemOnceAndKeepsTheirPassword) {
  auto ensure = [&](const char* name) {
    return db.write([=](Session& s) { return ensure_user(s, {UserName(name), kDemo, "Other"}, "other"); }).value();
  };
  EXPECT_FALSE(ensure("erin"));
  EXPECT_TRUE(ensure("vic"));
  EXPECT_FALSE(ensure("vic"));
  auto rows = db.read([](Session& s) { return s.query("SELECT password_hash FROM users WHERE name = 'erin'"); });
  EXPECT_EQ(rows->at(0).text(0), "hash");
}

TEST_F(IdentityTest, ASessionKeepsItsCeilingAndHasNoneUnlessAsked) {
  EXPECT_EQ(of(opened().token)->ceiling, tenancy::Ceiling{});
  tenancy::Ceiling ceiling{.at_most = {tenancy::Permission::objects_read, tenancy::Permission::audit_read}};
  auto cut = db.write([=](Session& s) { return open_session(s, kErin, ceiling); }).value();
  EXPECT_EQ(of(cut.token)->ceiling, ceiling);
  EXPECT_EQ(db.read([&](Session& s) { return session_by_id(s, cut.session_id); })->ceiling, ceiling);
  ASSERT_TRUE(db.write([](Session& s) { return s.execute("UPDATE sessions SET ceiling = 'damaged'"); }));
  EXPECT_TRUE(of(cut.token)->ceiling.at_most.empty()) << "damage gives nothing";
}

// A list of all of today's permissions would be a ceiling on the day that there is one more.
TEST_F(IdentityTest, ASessionWithoutACeilingIsStoredWithoutOne) {
  auto id = opened().session_id;
  auto rows = db.read([=](Session& s) { return s.query("SELECT ceiling FROM sessions WHERE id = $1", {id}); });
  EXPECT_TRUE(rows->at(0).is_null(0));
}

TEST_F(IdentityTest, UsersAreListedByOrganization) {
  ASSERT_TRUE(add(UserName("ada")));
  ASSERT_TRUE(add(UserName("gus"), OrganizationName("globex")));
  auto found = db.read([](Session& s) { return users(s, kDemo); }).value();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].name, UserName("ada"));
}

TEST_F(IdentityTest, ASessionTokenIsRandomAndOnlyItsDigestIsStored) {
  auto one = opened();
  auto two = opened();
  EXPECT_NE(one.token.reveal(), two.token.reveal());
  EXPECT_EQ(one.token.reveal().size(), 43u);
  EXPECT_TRUE(one.session_id.starts_with("sha256:"));
  auto rows = db.read([&](Session& s) { return s.query("SELECT id, user_name FROM sessions"); }).value();
  ASSERT_EQ(rows.size(), 2u);
  for (const auto& row : rows) EXPECT_NE(row.text(0), one.token.reveal());
  auto found = of(one.token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user.name, kErin);
  EXPECT_EQ(found->session_id, one.session_id);
}

TEST_F(IdentityTest, ASessionsNameIsNoCredential) {
  auto session = opened();
  EXPECT_FALSE(of(Secret(session.session_id)));
  EXPECT_TRUE(db.read([&](Session& s) { return session_by_id(s, session.session_id); }));
}

TEST_F(IdentityTest, ATokenThatIsNotExactlyRightIsUnauthenticated) {
  auto token = opened().token.reveal();
  for (const auto& wrong : {std::string(), token + "x", token.substr(1), std::string(43, 'A'), " " + token,
                            std::string(100'000, 'x'), token + std::string(1, '\0')}) {
    auto found = of(Secret(wrong));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::unauthenticated);
  }
}

TEST_F(IdentityTest, ASessionEndsWhenIdle) {
  auto session = opened();
  clock.advance(kSessionIdle - Milliseconds(1));
  EXPECT_TRUE(alive(session));
  clock.advance(Milliseconds(1));
  EXPECT_FALSE(alive(session));
  touch(session);
  EXPECT_FALSE(alive(session)) << "a touch wakes no ended session";
}

TEST_F(IdentityTest, UseKeepsASessionUntilItsAbsoluteEnd) {
  auto session = opened();
  Milliseconds step = kSessionIdle / 2;
  for (Milliseconds passed{0}; passed + step < kSessionLifetime; passed += step) {
    ASSERT_TRUE(alive(session));
    touch(session);
    clock.advance(step);
  }
  EXPECT_EQ(of(session.token)->expires_at, WallTime(Milliseconds(1'000'000'000)) + kSessionLifetime);
  touch(session);
  clock.advance(step);
  EXPECT_FALSE(alive(session));
}

TEST_F(IdentityTest, ASessionAsksToBeTouchedAtMostOnceAMinute) {
  auto session = opened();
  EXPECT_FALSE(of(session.token)->stale);
  clock.advance(kTouchEvery);
  EXPECT_TRUE(of(session.token)->stale);
  touch(session);
  EXPECT_FALSE(of(session.token)->stale);
}

TEST_F(IdentityTest, LogoutEndsOneSession) {
  auto one = opened();
  auto two = opened();
  ASSERT_TRUE(db.write([=](Session& s) { return close_session(s, one.token); }));
  EXPECT_FALSE(alive(one));
  EXPECT_TRUE(alive(two));
  EXPECT_TRUE(db.write([](Session& s) { return close_session(s, Secret("unknown")); }));
}

TEST_F(IdentityTest, ANewPasswordOrDisablingEndsAllOfAUsersSessions) {
  ASSERT_TRUE(add(UserName("vic")));
  auto other = opened(UserName("vic"));
  auto before = opened();
  ASSERT_TRUE(db.write([](Session& s) { return set_password(s, kErin, "new"); }));
  EXPECT_FALSE(alive(before));
  auto after = opened();
  ASSERT_TRUE(db.write([](Session& s) { return set_disabled(s, kErin, true); }));
  EXPECT_FALSE(alive(after));
  EXPECT_EQ(db.write([](Session& s) { return open_session(s, kErin); }).error().code, Code::unauthenticated);
  ASSERT_TRUE(db.write([](Session& s) { return set_disabled(s, kErin, false); }));
  EXPECT_FALSE(alive(after)) << "enabling gives no session back";
  EXPECT_TRUE(alive(opened()));
  EXPECT_TRUE(alive(other));
  EXPECT_EQ(db.write([](Session& s) { return set_disabled(s, UserName("none"), true); }).error().code, Code::not_found);
}

TEST_F(IdentityTest, TheLastManagerWhoCanSignInStaysOne) {
  const UserName kAda("ada");
  auto made = [&](const UserName& name, bool manager) {
    return db.write([=](Session& s) { return set_manager(s, name, manager); });
  };
  auto disabled = [&](const UserName& name, bool value) {
    return db.write([=](Session& s) { return set_disabled(s, name, value); });
  };
  auto has = [&] { return db.read([](Session& s) { return has_manager(s, kDemo); }).value(); };
  EXPECT_FALSE(has());
  ASSERT_TRUE(made(kErin, true));
  EXPECT_TRUE(has());
  EXPECT_TRUE(db.read([](Session& s) { return find_user(s, kErin); })->manager);
  EXPECT_TRUE(of(opened().token)->user.manager);
  ASSERT_TRUE(db.write([](Session& s) {
    User gus{UserName("gus"), OrganizationName("globex"), "", false, true};
    return add_user(s, gus, "hash");
  }));
  ASSERT_TRUE(db.write([&](Session& s) { return add_user(s, {kAda, kDemo, "", false, true}, ""); }));
  EXPECT_EQ(made(kErin, false).error().code, Code::conflict)
      << "ada has no password yet, gus is of another organization";
  EXPECT_EQ(disabled(kErin, true).error().code, Code::conflict);
  EXPECT_TRUE(made(kErin, true)) << "what she is already";
  ASSERT_TRUE(db.write([&](Session& s) { return set_password(s, kAda, "hash"); }));
  ASSERT_TRUE(disabled(kErin, true));
  EXPECT_EQ(made(kAda, false).error().code, Code::conflict);
  ASSERT_TRUE(made(kErin, false)) << "a disabled one counts for nothing";
  EXPECT_EQ(made(UserName("none"), true).error().code, Code::not_found);
}

TEST_F(IdentityTest, AnOrganizationsUsersAreBounded) {
  auto filled = db.write([](Session& s) {
    return s.execute(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
        " INSERT INTO users (name, organization, display, password_hash, added_at) SELECT 'u' || i, 'demo', '', '', 0"
        " FROM n",
        {std::int64_t(kMaxUsers)});
  });
  ASSERT_EQ(filled, std::int64_t(kMaxUsers) - 1);
  EXPECT_EQ(add(UserName("ada")).error().code, Code::conflict);
  EXPECT_TRUE(add(UserName("gus"), OrganizationName("globex")));
}

TEST_F(IdentityTest, EndedSessionsLeaveTheTable) {
  for (int i = 0; i < 5; ++i) opened();
  clock.advance(kSessionIdle);
  opened();
  auto rows = db.read([](Session& s) { return s.query("SELECT count(*) FROM sessions"); });
  EXPECT_EQ(rows->at(0).integer(0), 1);
}

}  // namespace
}  // namespace api::identity
