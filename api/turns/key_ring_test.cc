// Publish, wait, sign, retire: over three simulated days, over restarts, and when time does not behave.
#include "api/turns/key_ring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "api/turns/migrations.h"
#include "foundation/base/uuid.h"
#include "foundation/database/temp_database.h"
#include "foundation/jwt/jwks.h"

namespace api::turns {
namespace {

using namespace std::chrono_literals;
using foundation::database::wait_for;

const WallTime kStart{Milliseconds(1'800'000'000'000)};

const RingKey* find(const std::vector<RingKey>& keys, const std::string& kid) {
  auto at = std::ranges::find(keys, kid, &RingKey::kid);
  return at == keys.end() ? nullptr : &*at;
}

TEST(Rotate, TheFirstKeySignsAtOnce) {
  auto keys = rotate({}, kStart);
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(signing_key(keys, kStart), &keys[0]);
  EXPECT_EQ(keys[0].published_at, kStart);
  EXPECT_EQ(keys[0].kid, foundation::jwt::thumbprint(keys[0].key.public_key()));
}

TEST(Rotate, NothingChangesWhileNothingIsDue) {
  auto keys = rotate({}, kStart);
  auto later = rotate(keys, kStart + kSigningTime - kPublishBeforeSigning - 1ms);
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].kid, keys[0].kid);
}

TEST(Rotate, TheNextKeyIsPublishedBeforeItSigns) {
  auto keys = rotate(rotate({}, kStart), kStart + kSigningTime - kPublishBeforeSigning);
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(signing_key(keys, keys[0].signs_until - 1ms), &keys[0]);
  EXPECT_EQ(signing_key(keys, keys[0].signs_until), &keys[1]);
  EXPECT_GE(keys[1].signs_from - keys[1].published_at, kPublishBeforeSigning);
}

// Refreshes come every so often, at no fixed phase; an uneven step shows what a late one does.
class RotateOverThreeDays : public testing::TestWithParam<Milliseconds> {};

TEST_P(RotateOverThreeDays, SomeKeySignsAlwaysAndNoneBeforeItWasPublishedLongEnough) {
  std::vector<RingKey> keys;
  std::set<std::string> signed_with;
  for (WallTime now = kStart; now < kStart + 72h; now += GetParam()) {
    keys = rotate(std::move(keys), now);
    for (WallTime at : {now, now + GetParam() - 1ms}) {  // until the next refresh
      const RingKey* key = signing_key(keys, at);
      ASSERT_TRUE(key) << "at " << (at - kStart).count();
      if (signed_with.insert(key->kid).second && signed_with.size() > 1)
        EXPECT_GE(at - key->published_at, kPublishBeforeSigning);
    }
    EXPECT_LE(keys.size(), 2u) << "retired keys go";
  }
  EXPECT_GE(signed_with.size(), 3u);
}

TEST_P(RotateOverThreeDays, ATokensKeyStaysPublishedUntilTheTokenExpires) {
  std::vector<std::pair<std::string, WallTime>> alive;  // kid and end of a token minted each round
  std::vector<RingKey> keys;
  for (WallTime now = kStart; now < kStart + 72h; now += GetParam()) {
    keys = rotate(std::move(keys), now);
    std::erase_if(alive, [&](const auto& token) { return token.second < now; });
    for (const auto& [kid, end] : alive) ASSERT_TRUE(find(keys, kid)) << "at " << (now - kStart).count();
    alive.emplace_back(signing_key(keys, now)->kid, now + foundation::jwt::kMaxLifetime + foundation::jwt::kSkew);
  }
}

INSTANTIATE_TEST_SUITE_P(Refresh, RotateOverThreeDays, testing::Values(60s, 61'337ms, 7min, 9min + 59s),
                         [](const auto& steps) { return std::to_string(steps.param.count()) + "ms"; });

TEST(Rotate, ALongSleepStartsANewKeyAtOnceAndTheOldOneGoes) {
  auto keys = rotate({}, kStart);
  auto woken = rotate(keys, kStart + 100h);
  ASSERT_EQ(woken.size(), 1u);
  EXPECT_NE(woken[0].kid, keys[0].kid);
  EXPECT_TRUE(signing_key(woken, kStart + 100h));
}

TEST(Rotate, AClockSetBackDoesNotLeaveTheRingWithoutASigningKey) {
  auto keys = rotate(rotate({}, kStart), kStart - 5h);
  EXPECT_TRUE(signing_key(keys, kStart - 5h));
  EXPECT_EQ(rotate(keys, kStart - 4h).size(), keys.size()) << "once, not each minute";
}

TEST(RotateEarly, TheNextKeyIsPublishedNowAndWaitsItsTime) {
  auto keys = rotate_early(rotate({}, kStart), kStart + 1h);
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[1].published_at, kStart + 1h);
  EXPECT_EQ(keys[1].signs_from, kStart + 1h + kPublishBeforeSigning);
  EXPECT_EQ(signing_key(keys, keys[1].signs_from - 1ms), &keys[0]);
  EXPECT_EQ(signing_key(keys, keys[1].signs_from), &keys[1]);
  EXPECT_EQ(keys[0].retires_at, keys[1].signs_from + kKeepAfterSigning);
  EXPECT_FALSE(find(rotate(keys, keys[0].retires_at), keys[0].kid));
}

TEST(RotateEarly, ARotationThatIsUnderWayIsNotDoubled) {
  auto once = rotate_early(rotate({}, kStart), kStart + 1h);
  auto twice = rotate_early(once, kStart + 1h + 1min);
  ASSERT_EQ(twice.size(), 2u);
  EXPECT_EQ(twice[1].kid, once[1].kid);
  EXPECT_EQ(twice[1].signs_from, once[1].signs_from);
}

TEST(Revoke, NothingIsLeftButANewKeyThatSignsAtOnce) {
  auto before = rotate_early(rotate({}, kStart), kStart + 1h);
  auto keys = revoke(before, kStart + 1h + 1min);
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_FALSE(find(before, keys[0].kid));
  EXPECT_EQ(signing_key(keys, kStart + 1h + 1min), &keys[0]);
}

struct KeyRingTest : testing::Test {
  KeyRing open() { return {*database, *foundation::crypto::SealingKey::open_or_create(folder.path() / "sealing.key")}; }
  static std::vector<std::string> kids(const KeyRing& ring) {
    std::vector<std::string> kids;
    for (const auto& key : ring.published().keys()) kids.push_back(key.kid);
    std::ranges::sort(kids);
    return kids;
  }
  Result<foundation::Secret> mint(const KeyRing& ring) {
    WallTime now = clock.wall();
    foundation::jwt::InternalClaims claims{.subject = "erin",
                                           .actor = "spiffe://hks/ai-ops",
                                           .organization = "demo",
                                           .workspace = "shop",
                                           .roles = {},
                                           .scope = {"chat"},
                                           .turn = "0199c0de-0000-7000-8000-000000000001",
                                           .jti = foundation::new_uuid(now),
                                           .issued_at = now,
                                           .not_before = now,
                                           .expires_at = now + foundation::jwt::kMaxLifetime,
                                           .peer_thumbprint = std::string(43, 'A')};
    return ring.mint(claims, now);
  }
  foundation::ManualClock clock{kStart};
  foundation::database::TempFolder folder;
  foundation::database::TempDatabase database{{migrations()}, &clock};
};

TEST_F(KeyRingTest, KeysSurviveTheProcess) {
  auto first = open();
  ASSERT_TRUE(wait_for(first.refresh()));
  auto token = mint(first);
  ASSERT_TRUE(token);
  database.reopen();
  auto second = open();
  ASSERT_TRUE(wait_for(second.refresh()));
  EXPECT_EQ(kids(second), kids(first));
  EXPECT_TRUE(foundation::jwt::verify_internal(token->reveal(), second.published(), clock.wall()));
}

TEST_F(KeyRingTest, TwoReplicasShareOneRing) {
  auto one = open(), other = open();
  for (int hour = 0; hour < 30; ++hour) {
    ASSERT_TRUE(wait_for(hour % 2 ? one.refresh() : other.refresh()));
    ASSERT_TRUE(wait_for(hour % 2 ? other.refresh() : one.refresh()));
    EXPECT_EQ(kids(one), kids(other)) << hour;
    EXPECT_TRUE(foundation::jwt::verify_internal(mint(one)->reveal(), other.published(), clock.wall()));
    clock.advance(1h);
  }
}

TEST_F(KeyRingTest, ATokenMintedAtAnyTimeVerifiesUntilItExpires) {
  auto ring = open();
  std::vector<foundation::Secret> tokens;  // the last five minutes'
  for (WallTime end = clock.wall() + 25h; clock.wall() < end; clock.advance(Milliseconds(150s))) {
    ASSERT_TRUE(wait_for(ring.refresh()));
    for (const auto& token : tokens)
      ASSERT_TRUE(foundation::jwt::verify_internal(token.reveal(), ring.published(), clock.wall()));
    tokens.push_back(mint(ring).value());
    if (tokens.size() > 2) tokens.erase(tokens.begin());
  }
  EXPECT_EQ(kids(ring).size(), 1u) << "and the first day's key is gone";
}

TEST_F(KeyRingTest, ATokenOfARetiredKeyIsRefused) {
  auto ring = open();
  ASSERT_TRUE(wait_for(ring.refresh()));
  auto old = mint(ring).value();
  ASSERT_TRUE(wait_for(ring.refresh(rotate_early)));
  EXPECT_EQ(kids(ring).size(), 2u);
  EXPECT_TRUE(foundation::jwt::verify_internal(old.reveal(), ring.published(), clock.wall()));
  WallTime minted = clock.wall();
  clock.advance(kPublishBeforeSigning + kKeepAfterSigning);
  ASSERT_TRUE(wait_for(ring.refresh()));
  // At the time of its minting: only the key is wrong.
  auto verdict = foundation::jwt::verify_internal(old.reveal(), ring.published(), minted);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().reason, "kid_unknown");
}

// hks-control-plane rotate-keys --revoke, beside the one that serves.
TEST_F(KeyRingTest, WhatAnotherProcessRevokesIsRefusedFromTheNextRefreshOn) {
  auto serving = open(), beside = open();
  ASSERT_TRUE(wait_for(serving.refresh()));
  auto stolen = mint(serving).value();
  ASSERT_TRUE(wait_for(beside.refresh(revoke)));
  ASSERT_TRUE(wait_for(serving.refresh()));
  EXPECT_EQ(kids(serving), kids(beside));
  EXPECT_FALSE(foundation::jwt::verify_internal(stolen.reveal(), serving.published(), clock.wall()));
  EXPECT_TRUE(foundation::jwt::verify_internal(mint(serving)->reveal(), serving.published(), clock.wall()));
}

TEST_F(KeyRingTest, PrivateKeysAreSealedOnTheDisk) {
  auto ring = open();
  ASSERT_TRUE(wait_for(ring.refresh()));
  auto rows = database.read(
      [](foundation::database::Session& session) { return session.query("SELECT sealed_pem FROM signing_keys"); });
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ(rows->at(0).blob(0).find("PRIVATE KEY"), std::string::npos);
}

TEST_F(KeyRingTest, KeysOfAnotherSealAreAnErrorAndStayWhereTheyAre) {
  auto ring = open();
  ASSERT_TRUE(wait_for(ring.refresh()));
  KeyRing stranger(*database, *foundation::crypto::SealingKey::open_or_create(folder.path() / "other.key"));
  EXPECT_FALSE(wait_for(stranger.refresh()));
  EXPECT_TRUE(stranger.published().keys().empty());
  auto again = open();
  ASSERT_TRUE(wait_for(again.refresh()));
  EXPECT_EQ(kids(again), kids(ring));
}

// It ended the process: a laptop that wakes up after a day asks before the next refresh.
TEST_F(KeyRingTest, AfterALongSleepAMintWaitsForTheNextRefresh) {
  auto ring = open();
  ASSERT_TRUE(wait_for(ring.refresh()));
  clock.advance(100h);
  auto token = mint(ring);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, foundation::Code::unavailable);
  ASSERT_TRUE(wait_for(ring.refresh()));
  EXPECT_TRUE(mint(ring));
}

}  // namespace
}  // namespace api::turns
