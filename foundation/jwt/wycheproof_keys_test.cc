// Wycheproof's vectors for the bare signature algorithms, on PublicKey::verify.
#include "foundation/crypto/keys.h"
#include "foundation/jwt/wycheproof.h"

namespace foundation::jwt {
namespace {

using crypto::Algorithm;
using crypto::PublicKey;
using json::View;

std::string from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2)
    bytes += static_cast<char>(std::stoi(std::string(text.substr(at, 2)), nullptr, 16));
  return bytes;
}

struct Count {
  int taken = 0, refused = 0;
};

// "acceptable" leaves the verdict to the library; ours is no.
Count run(const char* name, Algorithm algorithm) {
  Count count;
  auto file = wycheproof::read(name);
  for (const json::Value& group_value : View(file ? &*file : nullptr)["testGroups"].array()) {
    View group(group_value);
    std::string pem(group["publicKeyPem"].text());
    auto key = PublicKey::from_pem(pem);
    EXPECT_TRUE(key) << pem;
    if (!key) continue;
    for (const json::Value& test_value : group["tests"].array()) {
      View test(test_value);
      bool taken = key->verify(algorithm, from_hex(test["msg"].text()), from_hex(test["sig"].text()));
      EXPECT_EQ(taken, test["result"].text() == "valid") << name << " tcId " << test["tcId"].integer_or(0);
      ++(taken ? count.taken : count.refused);
    }
  }
  return count;
}

TEST(WycheproofKeys, Es256) {
  WYCHEPROOF_OR_SKIP("ecdsa_secp256r1_sha256_p1363_test.json");
  Count count = run("ecdsa_secp256r1_sha256_p1363_test.json", Algorithm::es256);
  EXPECT_EQ(count.taken, 173);
  EXPECT_EQ(count.refused, 89);
}

TEST(WycheproofKeys, EdDsa) {
  WYCHEPROOF_OR_SKIP("ed25519_test.json");
  Count count = run("ed25519_test.json", Algorithm::eddsa);
  EXPECT_EQ(count.taken, 88);
  EXPECT_EQ(count.refused, 63);
}

TEST(WycheproofKeys, Rs256) {
  WYCHEPROOF_OR_SKIP("rsa_signature_2048_sha256_test.json");
  Count count = run("rsa_signature_2048_sha256_test.json", Algorithm::rs256);
  EXPECT_EQ(count.taken, 9);
  EXPECT_EQ(count.refused, 250);
}

}  // namespace
}  // namespace foundation::jwt
