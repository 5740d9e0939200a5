#include "foundation/jwt/jwks.h"

#include <gtest/gtest.h>

#include "foundation/crypto/encoding.h"
#include "foundation/crypto/foreign_algorithms.h"
#include "foundation/jwt/forge.h"

namespace foundation::jwt {
namespace {

using crypto::Algorithm;
using crypto::to_base64url;
namespace foreign = crypto::foreign;

std::string ec_jwk(std::string_view kid, std::string_view more = R"("alg":"ES256","use":"sig")") {
  auto key = forge::issuer_key().public_key();
  return R"({"kty":"EC","crv":"P-256","x":")" + to_base64url(key.x()) + R"(","y":")" + to_base64url(key.y()) +
         R"(","kid":")" + std::string(kid) + "\"," + std::string(more) + "}";
}
std::string rsa_jwk(std::string_view kid, const foreign::SigningKey& key, std::string_view alg) {
  return R"({"kty":"RSA","n":")" + to_base64url(key.modulus()) + R"(","e":")" + to_base64url(key.exponent()) +
         R"(","kid":")" + std::string(kid) + R"(","alg":")" + std::string(alg) + "\"}";
}
std::string set_of(const std::vector<std::string>& jwks) {
  std::string text;
  for (const std::string& jwk : jwks) text += (text.empty() ? "" : ",") + jwk;
  return R"({"keys":[)" + text + "]}";
}
std::string replaced(std::string text, std::string_view what, std::string_view by) {
  std::size_t at = text.find(what);
  EXPECT_NE(at, text.npos) << what;
  return text.replace(at, what.size(), by);
}

TEST(KeySet, EachKindOfKeyComesBackFromItsText) {
  auto rsa = foreign::SigningKey::rsa(2048);
  auto rsa_key = crypto::PublicKey::from_rsa(rsa.modulus(), rsa.exponent());
  auto ed_key = crypto::PublicKey::from_ed25519(foreign::SigningKey::ed25519().raw_public());
  ASSERT_TRUE(rsa_key && ed_key);
  KeySet set({{"a", Algorithm::es256, forge::issuer_key().public_key()},
              {"b", Algorithm::ps256, *rsa_key},
              {"c", Algorithm::eddsa, *ed_key}});
  auto again = KeySet::parse(set.to_text());
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->to_text(), set.to_text());
  EXPECT_EQ(again->find("b")->algorithm, Algorithm::ps256);
  EXPECT_EQ(again->find("b")->key.modulus(), rsa.modulus());
  EXPECT_EQ(again->find("d"), nullptr);
  EXPECT_EQ(KeySet::parse(KeySet().to_text())->keys().size(), 0u);
}

TEST(KeySet, AKeyIsFoundByItsKidOnly) {
  auto other = crypto::PrivateKey::generate();
  KeySet set(
      {{"old", Algorithm::es256, other.public_key()}, {"new", Algorithm::es256, forge::issuer_key().public_key()}});
  EXPECT_EQ(set.find("new")->key.x(), forge::issuer_key().public_key().x());
  EXPECT_EQ(set.find("old")->key.x(), other.public_key().x());
  for (const char* unknown : {"", "ne", "new ", "NEW"}) EXPECT_EQ(set.find(unknown), nullptr) << unknown;
}

TEST(KeySet, RefusesWhatCouldBeMisread) {
  const std::string good = ec_jwk("k");
  ASSERT_TRUE(KeySet::parse(set_of({good})));
  auto weak = foreign::SigningKey::rsa(1024);
  auto strong = foreign::SigningKey::rsa(2048);
  const std::pair<const char*, std::string> rows[] = {
      {"duplicate kid", set_of({good, good})},
      {"duplicate kid of another type", set_of({good, rsa_jwk("k", strong, "RS256")})},
      {"no kid", set_of({replaced(good, "\"kid\"", "\"kyd\"")})},
      {"empty kid", set_of({ec_jwk("")})},
      {"kid of 65 bytes", set_of({ec_jwk(std::string(65, 'k'))})},
      {"no alg", set_of({ec_jwk("k", R"("use":"sig")")})},
      {"alg not a string", set_of({ec_jwk("k", R"("alg":["ES256"])")})},
      {"RSA key with ES256", set_of({rsa_jwk("k", strong, "ES256")})},
      {"EC key with RS256", set_of({ec_jwk("k", R"("alg":"RS256")")})},
      {"EC key with EdDSA", set_of({ec_jwk("k", R"("alg":"EdDSA")")})},
      {"P-384 with ES256", set_of({replaced(good, "P-256", "P-384")})},
      {"weak RSA", set_of({rsa_jwk("k", weak, "RS256")})},
      {"RSA exponent 1", set_of({replaced(rsa_jwk("k", strong, "RS256"), "AQAB", "AQ")})},
      {"private EC key", set_of({ec_jwk("k", R"("alg":"ES256","d":"AA")")})},
      {"private key for encryption", set_of({ec_jwk("k", R"("use":"enc","d":"AA")")})},
      {"symmetric key", set_of({R"({"kty":"oct","kid":"k","alg":"HS256","k":"AAAA"})"})},
      {"coordinate padded", set_of({replaced(good, "\",\"y\"", "=\",\"y\"")})},
      {"point off the curve", set_of({replaced(good, "\"x\":\"" + to_base64url(forge::issuer_key().public_key().x()),
                                               "\"x\":\"" + to_base64url(std::string(32, '\1')))})},
      {"no x", set_of({replaced(good, "\"x\"", "\"z\"")})},
      {"a member twice", set_of({replaced(good, "\"kty\"", "\"kid\":\"j\",\"kty\"")})},
      {"a key that is no object", R"({"keys":["k"]})"},
      {"17 keys", set_of(std::vector<std::string>(17, ec_jwk("k", R"("use":"enc")")))},
      {"keys is no array", R"({"keys":{}})"},
      {"no keys", "{}"},
      {"an array", "[]"},
      {"nothing", ""},
      {"trailing bytes", set_of({good}) + "x"},
  };
  for (const auto& [name, text] : rows) {
    auto set = KeySet::parse(text);
    ASSERT_FALSE(set) << name;
    EXPECT_EQ(set.error().code, Code::invalid) << name;
  }
}

TEST(KeySet, PassesOverKeysThatVerifyNothingHere) {
  for (const char* more :
       {R"("use":"enc")", R"("use":"enc","alg":"RSA-OAEP")", R"("alg":"ES256","key_ops":["encrypt"])",
        R"("alg":"ES256","key_ops":[])", R"("alg":"ES256","key_ops":"verify")", R"("alg":"ES512")", R"("alg":"none")",
        R"("alg":"HS256")", R"("alg":"ES256","use":1)"}) {
    auto set = KeySet::parse(set_of({ec_jwk("a", more), ec_jwk("b")}));
    ASSERT_TRUE(set) << more;
    EXPECT_EQ(set->find("a"), nullptr) << more;
    EXPECT_NE(set->find("b"), nullptr) << more;
  }
}

TEST(KeySet, TakesSixteenKeysAndUnknownMembers) {
  std::vector<std::string> jwks;
  for (std::size_t i = 0; i < kMaxKeys; ++i)
    jwks.push_back(ec_jwk("k" + std::to_string(i), R"("alg":"ES256","key_ops":["sign","verify"],"x5t":"a")"));
  EXPECT_EQ(KeySet::parse(set_of(jwks))->keys().size(), kMaxKeys);
}

TEST(Thumbprint, IsRfc7638s) {
  // The document's own example is an RSA key; this value is the definition, computed by `openssl dgst` over the text.
  auto bytes = [](std::string_view text) { return crypto::from_base64url(text).value(); };
  auto key = crypto::PublicKey::from_ec(bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                                        bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
  ASSERT_TRUE(key);
  EXPECT_EQ(thumbprint(*key), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
}

}  // namespace
}  // namespace foundation::jwt
