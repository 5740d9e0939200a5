// The policy's own rules; the attacks on a strict header stand in attack_matrix_test.cc.
#include "foundation/jwt/jws.h"

#include <gtest/gtest.h>

#include "foundation/crypto/encoding.h"
#include "foundation/jwt/forge.h"

namespace foundation::jwt {
namespace {

const HeaderPolicy kStrict{.algorithms = {"ES256"}, .typ = "t"};
const HeaderPolicy kLax{.algorithms = {"ES256", "RS256"}, .typ = "", .exact_members = false};
const HeaderPolicy kBare{.algorithms = {"ES256"}, .typ = ""};

std::string cause(std::string_view header, const HeaderPolicy& policy) {
  auto parts = split(forge::attach(forge::signed_part(header, "{}"), "s"), policy);
  if (parts) return "taken";
  EXPECT_EQ(parts.error().code, Code::unauthenticated);
  return parts.error().cause;
}

TEST(Jws, WhatWasSignedIsVerified) {
  const crypto::PrivateKey& key = forge::issuer_key();
  std::string token = sign(key, "k", "t", "any bytes \xff");
  auto payload = verify(token, key.public_key(), crypto::Algorithm::es256, kStrict);
  ASSERT_TRUE(payload);
  EXPECT_EQ(*payload, "any bytes \xff");
  auto other = verify(token, crypto::PrivateKey::generate().public_key(), crypto::Algorithm::es256, kStrict);
  EXPECT_EQ(other.error().cause, "signature");
  EXPECT_EQ(other.error().code, Code::unauthenticated);
}

TEST(Jws, TheKeysAlgorithmMustBeTheHeaders) {
  const crypto::PrivateKey& key = forge::issuer_key();
  auto verdict = verify(sign(key, "k", "t", "x"), key.public_key(), crypto::Algorithm::rs256, kLax);
  EXPECT_EQ(verdict.error().cause, "alg");
}

TEST(Jws, ASignerEscapesWhatItIsGiven) {
  const crypto::PrivateKey& key = forge::issuer_key();
  auto parts = split(sign(key, "a\",\"alg\":\"none", "t", "x"), kStrict);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->header.kid, "a\",\"alg\":\"none");
}

TEST(Jws, SplitShowsThePartsBeforeAnyKeyIsKnown) {
  const std::string part = forge::signed_part(R"({"alg":"ES256","kid":"k","typ":"t"})", "p");
  const std::string token = forge::attach(part, "s");
  auto parts = split(token, kStrict);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->header.algorithm + parts->header.kid + parts->header.typ, "ES256kt");
  EXPECT_EQ(parts->payload + parts->signature, "ps");
  EXPECT_EQ(parts->signed_part, part);
}

TEST(Jws, ALaxPolicyPassesOverMembersButNotOverThoseThatChooseKeysOrMeaning) {
  EXPECT_EQ(cause(R"({"alg":"RS256","kid":"k","x5t":"a","typ":"JWT"})", kLax), "taken");
  EXPECT_EQ(cause(R"({"alg":"RS256","kid":"k"})", kLax), "taken");
  for (std::string name : {"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "\\u006awk"})
    EXPECT_EQ(cause(R"({"alg":"RS256","kid":"k",")" + name + "\":null}", kLax), "header") << name;
  EXPECT_EQ(cause(R"({"alg":"none","kid":"k"})", kLax), "alg");
  EXPECT_EQ(cause(R"({"kid":"k"})", kLax), "alg");
  EXPECT_EQ(cause(R"({"alg":"RS256"})", kLax), "kid");
  EXPECT_EQ(cause(R"({"alg":"RS256","kid":"k","typ":1})", kLax), "typ");
}

TEST(Jws, AnExactPolicyWithoutTypWantsItAbsent) {
  EXPECT_EQ(cause(R"({"alg":"ES256","kid":"k"})", kBare), "taken");
  EXPECT_EQ(cause(R"({"alg":"ES256","kid":"k","typ":"JWT"})", kBare), "header");
  EXPECT_EQ(cause(R"({"alg":"ES256","typ":"JWT"})", kBare), "header");
}

TEST(Jws, APolicyThatAllowsNothingTakesNothing) { EXPECT_EQ(cause(R"({"alg":"","kid":"k"})", HeaderPolicy{}), "alg"); }

TEST(Jws, AnEmptyPayloadNeedsLeave) {
  const crypto::PrivateKey& key = forge::issuer_key();
  std::string token = sign(key, "k", "t", "");
  EXPECT_EQ(verify(token, key.public_key(), crypto::Algorithm::es256, kStrict).error().cause, "form");
  HeaderPolicy leave = kStrict;
  leave.empty_payload = true;
  EXPECT_EQ(verify(token, key.public_key(), crypto::Algorithm::es256, leave).value(), "");
}

TEST(Jws, TheSizeIsLookedAtFirst) {
  const crypto::PrivateKey& key = forge::issuer_key();
  HeaderPolicy small = kStrict;
  std::string token = sign(key, "k", "t", "x");
  small.max_bytes = token.size();
  EXPECT_TRUE(split(token, small));
  small.max_bytes = token.size() - 1;
  EXPECT_EQ(split(token, small).error().cause, "size");
}

}  // namespace
}  // namespace foundation::jwt
