#include "foundation/jwt/internal_token.h"

#include <gtest/gtest.h>

#include "foundation/json/value.h"
#include "foundation/jwt/forge.h"

namespace foundation::jwt {
namespace {

using forge::kNow;
using forge::Payload;
using std::chrono::seconds;

const KeySet& keys() {
  static const KeySet kKeys({{std::string(forge::kKid), crypto::Algorithm::es256, forge::issuer_key().public_key()}});
  return kKeys;
}
std::expected<InternalClaims, TokenRefusal> verify_at(std::string_view token, WallTime now) {
  return verify_internal(token, keys(), now);
}
std::string mint(const InternalClaims& claims) {
  return mint_internal(claims, forge::issuer_key(), forge::kKid).reveal();
}

TEST(InternalToken, WhatWasMintedIsRead) {
  InternalClaims claims = forge::claims();
  auto read = verify_at(mint(claims), kNow);
  ASSERT_TRUE(read) << read.error().reason;
  EXPECT_EQ(read->subject, "erin");
  EXPECT_EQ(read->actor, "spiffe://hks/ai-ops");
  EXPECT_EQ(read->organization, "demo");
  EXPECT_EQ(read->workspace, "shop");
  EXPECT_EQ(read->roles, claims.roles);
  EXPECT_EQ(read->scope, claims.scope);
  EXPECT_EQ(read->turn, claims.turn);
  EXPECT_EQ(read->jti, claims.jti);
  EXPECT_EQ(read->issued_at, claims.issued_at);
  EXPECT_EQ(read->not_before, claims.not_before);
  EXPECT_EQ(read->expires_at, claims.expires_at);
  EXPECT_EQ(read->peer_thumbprint, claims.peer_thumbprint);
}

// What other programs read: system.md section 4.
TEST(InternalToken, TheWireFormIsTheContracts) {
  auto parts = split(mint(forge::claims()), {.algorithms = {"ES256"}, .typ = kInternalType});
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->header.kid, forge::kKid);
  EXPECT_EQ(json::parse_strict(parts->payload).value(), json::parse_strict(Payload().text()).value());
}

TEST(InternalToken, EmptyRolesAndScopeComeBack) {
  InternalClaims claims = forge::claims();
  claims.roles.clear();
  claims.scope.clear();
  auto read = verify_at(mint(claims), kNow);
  ASSERT_TRUE(read) << read.error().reason;
  EXPECT_TRUE(read->roles.empty());
  EXPECT_TRUE(read->scope.empty());
}

TEST(InternalToken, PartsOfASecondAreCutOnTheWire) {
  InternalClaims claims = forge::claims();
  claims.issued_at += Milliseconds(999);
  claims.expires_at += Milliseconds(999);
  auto read = verify_at(mint(claims), kNow);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->issued_at, forge::claims().issued_at);
  EXPECT_EQ(read->expires_at, forge::claims().expires_at);
}

TEST(InternalToken, ManyRolesDoNotLockTheirUserOut) {
  InternalClaims claims = forge::claims();
  for (std::size_t count : {kMaxRoles, kMaxRoles + 1, std::size_t{5000}})
    for (std::size_t length : {1u, 63u, 253u}) {
      claims.roles.assign(count, {"editor", std::string(length, 'p')});
      std::string token = mint(claims);
      EXPECT_LE(token.size(), kMaxTokenBytes);
      auto read = verify_at(token, kNow);
      ASSERT_TRUE(read) << read.error().reason;
      EXPECT_GE(read->roles.size(), 5u);
      EXPECT_LE(read->roles.size(), kMaxRoles);
    }
}

TEST(InternalToken, UnknownClaimsAreIgnoredAtEachLevel) {
  auto read = verify_at(forge::token(Payload()
                                         .adding("email", R"({"a":[1.5,null]})")
                                         .with("act", R"({"sub":"a","act":{"sub":"b"}})")
                                         .with("roles", R"([{"role":"r","project":null,"x":1}])")),
                        kNow);
  ASSERT_TRUE(read) << read.error().reason;
  EXPECT_EQ(read->actor, "a");
}

TEST(InternalToken, SkewIsFiveSecondsOnEachSide) {
  const InternalClaims claims = forge::claims();
  const std::string token = mint(claims);
  EXPECT_EQ(verify_at(token, claims.issued_at - seconds(6)).error().reason, "iat");
  EXPECT_TRUE(verify_at(token, claims.issued_at - seconds(5)));
  EXPECT_TRUE(verify_at(token, claims.expires_at + Milliseconds(4'999)));
  EXPECT_EQ(verify_at(token, claims.expires_at + seconds(5)).error().reason, "exp");
}

TEST(InternalToken, LifetimeIsAtMostFiveMinutes) {
  InternalClaims claims = forge::claims();
  claims.expires_at += seconds(1);
  EXPECT_EQ(verify_at(mint(claims), kNow).error().reason, "lifetime");
}

TEST(InternalToken, AKeyThatLeftTheSetIsUnknown) {
  auto read = verify_internal(mint(forge::claims()), KeySet(), kNow);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, "kid_unknown");
}

TEST(InternalToken, ANamesakeKeyOfAnotherAlgorithmIsRefused) {
  KeySet set({{std::string(forge::kKid), crypto::Algorithm::rs256, forge::issuer_key().public_key()}});
  EXPECT_EQ(verify_internal(mint(forge::claims()), set, kNow).error().reason, "alg");
}

TEST(BearerToken, IsTheOneForm) {
  EXPECT_EQ(bearer_token("Bearer a.b-c_d"), "a.b-c_d");
  EXPECT_EQ(bearer_token("Bearer " + std::string(kMaxTokenBytes, 'a'))->size(), kMaxTokenBytes);
  for (std::string bad : {"", "Bearer", "Bearer ", "bearer a", "BEARER a", "Bearer  a", " Bearer a", "Bearer a ",
                          "Bearer\ta", "Bearer a b", "Bearer a,Bearer b", "Bearer a, b", "Bearer a\r\nX: y", "Basic a",
                          "a", "Bearer \"a\"", "Bearer a=", "BearerX a", "Bearer \xc3\xa4"})
    EXPECT_FALSE(bearer_token(bad)) << bad;
  EXPECT_FALSE(bearer_token(std::string("Bearer a\0", 9)));
  EXPECT_FALSE(bearer_token("Bearer " + std::string(kMaxTokenBytes + 1, 'a')));
}

}  // namespace
}  // namespace foundation::jwt
