// Wycheproof's JSON Web Signature vectors on jws::verify, under a header policy that stands only here. The algorithms
// that the product does not link (HMAC, RSA with SHA-384 and SHA-512) come from crypto/foreign_algorithms.h.
#include <map>
#include <set>

#include "foundation/crypto/digest.h"
#include "foundation/crypto/encoding.h"
#include "foundation/crypto/foreign_algorithms.h"
#include "foundation/jwt/internal_token.h"
#include "foundation/jwt/jwks.h"
#include "foundation/jwt/jws.h"
#include "foundation/jwt/wycheproof.h"

namespace foundation::jwt {
namespace {

using json::View;
namespace foreign = crypto::foreign;

constexpr const char* kFile = "json_web_signature_test.json";
const HeaderPolicy kPolicy{
    .algorithms = {"HS256", "ES256", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"},
    .typ = "",
    .exact_members = false,
    .empty_payload = true};

// Where our verdict differs from the file's, and why. The file contradicts itself in the first two: their bytes and key
// are those of tcId 357, which it calls valid, so that no verifier agrees with all three.
const std::map<std::int64_t, const char*> kDifferences{
    {367, "the very token of 357, named for a padding that the file no longer holds: taken"},
    {370, "the very token of 357, named for a padding that the file no longer holds: taken"},
    {346, "the key says PS256, the header PS384: one algorithm per key"},
    {350, "the key says PS256, the header PS384: one algorithm per key"},
    {347, "the key's alg is ES521, which is no algorithm"},
    {351, "the key's alg is ES521, which is no algorithm"},
    {372, "a character outside base64url in the header"},
    {373, "a character outside base64url in the payload"},
};

struct Vector {
  std::int64_t id;
  std::string token;
  bool valid;
  const json::Value* key;
};

std::string bytes(View jwk, std::string_view member) {
  return crypto::from_base64url(jwk[member].text()).value_or(std::string());
}

std::vector<Vector> vectors(const json::Value& file) {
  std::vector<Vector> all;
  for (const json::Value& value : View(file)["testGroups"].array()) {
    View group(value);
    const json::Value* key = group["public"] ? group["public"].value() : group["private"].value();
    for (const json::Value& item : group["tests"].array()) {
      View test(item);
      all.push_back(
          {test["tcId"].integer_or(0), std::string(test["jws"].text()), test["result"].text() == "valid", key});
    }
  }
  return all;
}

KeySet set_of(const json::Value& jwk) {
  return KeySet::parse(R"({"keys":[)" + json::to_text(jwk) + "]}").value_or(KeySet());
}

// The notion of a right signature for a key that the product would not load.
SignatureCheck foreign_check(View jwk) {
  std::string algorithm(jwk["alg"].text());
  if (jwk["kty"].text() == "oct")
    return [=, secret = bytes(jwk, "k")](std::string_view part, std::string_view signature) {
      return crypto::constant_time_equal(foreign::hmac(algorithm, secret, part), signature);
    };
  return [=, n = bytes(jwk, "n"), e = bytes(jwk, "e")](std::string_view part, std::string_view signature) {
    return foreign::verify_rsa(algorithm, n, e, part, signature);
  };
}

bool taken(const Vector& vector) {
  static const std::set<std::string_view> kForeign{"HS256", "RS384", "RS512", "PS384", "PS512"};
  View jwk(*vector.key);
  if (kForeign.contains(jwk["alg"].text()))
    return verify(vector.token, jwk["alg"].text(), foreign_check(jwk), kPolicy).has_value();
  KeySet set = set_of(*vector.key);
  const NamedKey* key = set.find(jwk["kid"].text());
  return key && verify(vector.token, key->key, key->algorithm, kPolicy).has_value();
}

TEST(WycheproofJws, DiffersFromTheFileExactlyWhereStrictnessOrTheFileDemandsIt) {
  WYCHEPROOF_OR_SKIP(kFile);
  auto file = wycheproof::read(kFile);
  ASSERT_TRUE(file);
  auto all = vectors(*file);
  ASSERT_EQ(all.size(), 401u);
  std::set<std::int64_t> differ, listed;
  for (const auto& [id, why] : kDifferences) listed.insert(id);
  for (const Vector& vector : all)
    if (taken(vector) != vector.valid) differ.insert(vector.id);
  EXPECT_EQ(differ, listed);
}

TEST(WycheproofJws, TheFileContradictsItselfOnOneToken) {
  WYCHEPROOF_OR_SKIP(kFile);
  auto file = wycheproof::read(kFile);
  ASSERT_TRUE(file);
  std::map<std::int64_t, Vector> by_id;
  for (const Vector& vector : vectors(*file)) by_id.emplace(vector.id, vector);
  for (std::int64_t id : {367, 370}) {
    EXPECT_EQ(by_id.at(id).token, by_id.at(357).token);
    EXPECT_EQ(by_id.at(id).key, by_id.at(357).key);
    EXPECT_NE(by_id.at(id).valid, by_id.at(357).valid);
  }
}

TEST(WycheproofJws, TheProductsProfileTakesNoVectorThatIsNotEs256) {
  WYCHEPROOF_OR_SKIP(kFile);
  auto file = wycheproof::read(kFile);
  ASSERT_TRUE(file);
  // verify_internal's policy but for typ, which no vector has and which alone would refuse them all.
  const HeaderPolicy profile{.algorithms = {"ES256"}, .typ = ""};
  int es256 = 0;
  for (const Vector& vector : vectors(*file)) {
    EXPECT_FALSE(verify_internal(vector.token, set_of(*vector.key), WallTime())) << vector.id;
    auto parts = split(vector.token, profile);
    if (vector.valid && View(*vector.key)["alg"].text() == "ES256") {
      ++es256;
      EXPECT_TRUE(parts) << vector.id;
    } else if (vector.valid) {
      EXPECT_FALSE(parts) << vector.id;
    } else if (parts) {
      EXPECT_EQ(parts->header.algorithm, "ES256") << vector.id;
    }
  }
  EXPECT_EQ(es256, 2);
}

}  // namespace
}  // namespace foundation::jwt
