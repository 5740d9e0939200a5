#include "api/identity/login.h"

#include <gtest/gtest.h>

#include <future>

#include "foundation/crypto/password.h"
#include "foundation/database/temp_database.h"

namespace api::identity {
namespace {

namespace asio = foundation::async::asio;
using foundation::Code;
using foundation::ManualClock;
using foundation::database::TempDatabase;
using foundation::database::wait_for;

const UserName kErin("erin");

class LoginTest : public testing::Test {
 protected:
  void SetUp() override {
    static const std::string hash = foundation::crypto::hash_password(Secret("right"));
    ASSERT_TRUE(
        db.write([](Session& s) { return add_user(s, {kErin, tenancy::OrganizationName("demo"), "Erin"}, hash); }));
  }
  Result<LoggedIn> login(std::string user, std::string password, std::string address = "192.0.2.1") {
    return wait_for(authenticator.login(context, {std::move(user), Secret(std::move(password)), std::move(address)}));
  }
  Code failure(std::string user, std::string password, std::string address = "192.0.2.1") {
    auto done = login(std::move(user), std::move(password), std::move(address));
    return done ? Code{} : done.error().code;
  }
  asio::io_context io;  // first: what answers its tasks ends before it
  Context context;
  ManualClock clock{WallTime(Milliseconds(1'000'000'000))};
  TempDatabase db{{migrations()}, &clock};
  asio::thread_pool hashing{2};
  Authenticator authenticator{*db, hashing};
};

TEST_F(LoginTest, TheRightPasswordOpensASessionThatAuthenticates) {
  auto in = login("erin", "right");
  ASSERT_TRUE(in) << in.error().text();
  EXPECT_EQ(in->user.name, kErin);
  auto user = wait_for(authenticator.authenticate(context, in->session.token));
  ASSERT_TRUE(user);
  EXPECT_EQ(user->user.name, kErin);
  EXPECT_EQ(user->session_id, in->session.session_id);
  ASSERT_TRUE(db.write([&](Session& s) { return close_session(s, in->session.token); }));
  EXPECT_EQ(wait_for(authenticator.authenticate(context, in->session.token)).error().code, Code::unauthenticated);
}

TEST_F(LoginTest, EveryReasonForARefusalLooksTheSame) {
  ASSERT_TRUE(db.write([](Session& s) {
    auto added = add_user(s, {UserName("empty"), tenancy::OrganizationName("demo"), ""}, "");
    return added;
  }));
  auto wrong = login("erin", "wrong");
  auto unknown = login("nobody", "right");
  auto no_password = login("empty", "");
  ASSERT_TRUE(db.write([](Session& s) { return set_disabled(s, kErin, true); }));
  auto disabled = login("erin", "right");
  for (auto* refused : {&wrong, &unknown, &no_password, &disabled}) {
    ASSERT_FALSE(*refused);
    EXPECT_EQ(refused->error().code, Code::unauthenticated);
    EXPECT_EQ(refused->error().text(), wrong.error().text());
  }
}

TEST_F(LoginTest, OversizedAndOddNamesAreRefused) {
  EXPECT_EQ(failure(std::string(100'000, 'x'), "right"), Code::unauthenticated);
  EXPECT_EQ(failure("erin", std::string(kMaxPasswordBytes + 1, 'x')), Code::unauthenticated);
  EXPECT_EQ(failure(std::string("erin\0x", 6), "right"), Code::unauthenticated);
  EXPECT_EQ(failure("' OR 1=1 --", "right"), Code::unauthenticated);
}

TEST_F(LoginTest, FiveWrongPasswordsBlockTheNameEvenForTheRightOne) {
  for (int i = 0; i < kFreeFailures; ++i)
    EXPECT_EQ(failure("erin", "wrong", "192.0.2." + std::to_string(i)), Code::unauthenticated);
  EXPECT_EQ(failure("erin", "right", "192.0.2.99"), Code::rate_limited);
  clock.advance(Milliseconds(1'000));
  EXPECT_TRUE(login("erin", "right", "192.0.2.99"));
  EXPECT_EQ(failure("erin", "wrong"), Code::unauthenticated) << "success cleared the name";
}

TEST_F(LoginTest, FiveWrongNamesBlockTheAddress) {
  for (int i = 0; i < kFreeFailures; ++i) EXPECT_EQ(failure("nobody-" + std::to_string(i), "x"), Code::unauthenticated);
  EXPECT_EQ(failure("erin", "right"), Code::rate_limited);
  EXPECT_TRUE(login("erin", "right", "198.51.100.1"));
}

TEST_F(LoginTest, ManyGoodLoginsFromOneAddressAreNotThrottled) {
  for (int i = 0; i < kFreeFailures + 2; ++i) EXPECT_TRUE(login("erin", "right"));
}

TEST_F(LoginTest, UseMovesTheIdleEnd) {
  auto in = login("erin", "right");
  ASSERT_TRUE(in);
  clock.advance(kSessionIdle - Milliseconds(1));
  ASSERT_TRUE(wait_for(authenticator.authenticate(context, in->session.token)));
  clock.advance(kSessionIdle - Milliseconds(1));
  EXPECT_TRUE(wait_for(authenticator.authenticate(context, in->session.token)));
}

// A request that only reads was refused while the database could not write.
TEST_F(LoginTest, ASessionHoldsThoughItsUseCannotBeStored) {
  auto in = login("erin", "right");
  ASSERT_TRUE(in);
  ASSERT_TRUE(db.write([](Session& s) {
    return s.execute(
        "CREATE TRIGGER full BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
  }));
  clock.advance(kSessionIdle - Milliseconds(1));
  EXPECT_TRUE(wait_for(authenticator.authenticate(context, in->session.token)));
  clock.advance(Milliseconds(1));
  EXPECT_FALSE(wait_for(authenticator.authenticate(context, in->session.token))) << "nothing kept it alive";
}

TEST_F(LoginTest, AHashedPasswordLogsInAndOneOfAnOddLengthIsNotHashed) {
  auto hash = wait_for(authenticator.hash_password(Secret("long enough it is")));
  ASSERT_TRUE(hash);
  ASSERT_TRUE(db.write([&](Session& s) { return set_password(s, kErin, *hash); }));
  EXPECT_TRUE(login("erin", "long enough it is"));
  for (std::size_t bytes : {std::size_t(0), kMinPasswordBytes - 1, kMaxPasswordBytes + 1}) {
    auto refused = wait_for(authenticator.hash_password(Secret(std::string(bytes, 'x'))));
    ASSERT_FALSE(refused) << bytes;
    EXPECT_EQ(refused.error().code, Code::invalid);
  }
}

// The pool's threads are held, so that logins wait in front of it.
class HeldPoolTest : public LoginTest {
 protected:
  void SetUp() override {
    LoginTest::SetUp();
    auto held = open.get_future().share();
    for (int i = 0; i < 2; ++i) asio::post(hashing, [held] { held.wait(); });
  }
  void start(std::string user, std::string address) {
    asio::co_spawn(io, authenticator.login(context, {std::move(user), Secret("x"), std::move(address)}),
                   [this](std::exception_ptr, Result<LoggedIn> result) {
                     ended.push_back(result ? Code{} : result.error().code);
                   });
  }
  // Runs until the database has answered what was asked of it.
  void settle() {
    ASSERT_TRUE(db.write([](Session&) -> Done { return {}; }));
    io.restart();
    io.poll();
  }
  void finish() {
    open.set_value();
    io.restart();
    io.run();
  }
  std::promise<void> open;
  std::vector<Code> ended;
};

TEST_F(HeldPoolTest, AnUnknownUserCostsAHashLikeAnyOther) {
  start("nobody", "192.0.2.1");
  io.poll();
  settle();
  settle();
  EXPECT_TRUE(ended.empty()) << "answered without a hash";
  finish();
  EXPECT_EQ(ended, std::vector{Code::unauthenticated});
}

TEST_F(HeldPoolTest, GuessesInParallelDoNotSlipThrough) {
  for (int i = 0; i < kFreeFailures + 3; ++i) start("erin", "192.0.2." + std::to_string(i));
  io.poll();
  settle();
  EXPECT_EQ(ended, std::vector(3, Code::rate_limited));
  finish();
  EXPECT_EQ(ended.size(), std::size_t(kFreeFailures + 3));
}

TEST_F(HeldPoolTest, LoginsThatWaitForAHashAreBounded) {
  for (int i = 0; i <= kMaxWaitingHashes; ++i) start("user-" + std::to_string(i), "192.0.2." + std::to_string(i));
  io.poll();
  EXPECT_EQ(ended, std::vector{Code::rate_limited});
  finish();
  EXPECT_EQ(ended.size(), std::size_t(kMaxWaitingHashes + 1));
}

}  // namespace
}  // namespace api::identity
