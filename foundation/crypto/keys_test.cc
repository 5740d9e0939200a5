#include "foundation/crypto/keys.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <thread>
#include <vector>

#include "foundation/crypto/encoding.h"
#include "foundation/crypto/foreign_algorithms.h"

namespace foundation::crypto {
namespace {

std::string bytes(std::string_view base64url) { return from_base64url(base64url).value(); }

// RFC 7515 appendix A.3.
constexpr std::string_view kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr std::string_view kSigned =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view kSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

const foreign::SigningKey& rsa() {
  static const foreign::SigningKey kKey = foreign::SigningKey::rsa(2048);
  return kKey;
}

std::string pem_of(EVP_PKEY* pkey, bool whole) {
  Bio bio = new_bio();
  must((whole ? PEM_write_bio_PKCS8PrivateKey(bio.get(), pkey, nullptr, nullptr, 0, nullptr, nullptr)
              : PEM_write_bio_PUBKEY(bio.get(), pkey)) == 1);
  return text_of(bio);
}

TEST(PublicKey, TakesTheExampleOfRfc7515) {
  auto key = PublicKey::from_ec(bytes(kX), bytes(kY));
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->verify(Algorithm::es256, kSigned, bytes(kSignature)));
  EXPECT_FALSE(key->verify(Algorithm::es256, std::string(kSigned) + "x", bytes(kSignature)));
  EXPECT_EQ(to_base64url(key->x()), kX);
  EXPECT_EQ(to_base64url(key->y()), kY);
  EXPECT_EQ(key->modulus() + key->exponent(), "");
}

TEST(PublicKey, TakesTheExampleOfRfc8037) {
  auto key = PublicKey::from_ed25519(bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
  ASSERT_TRUE(key);
  std::string signature =
      bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  EXPECT_TRUE(key->verify(Algorithm::eddsa, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc", signature));
  EXPECT_FALSE(key->verify(Algorithm::eddsa, "", signature));
}

TEST(PublicKey, RsaPaddingsAreNotInterchangeable) {
  auto key = PublicKey::from_rsa(rsa().modulus(), rsa().exponent());
  ASSERT_TRUE(key);
  std::string pkcs1 = rsa().sign("RS256", "m"), pss = rsa().sign("PS256", "m");
  EXPECT_TRUE(key->verify(Algorithm::rs256, "m", pkcs1));
  EXPECT_TRUE(key->verify(Algorithm::ps256, "m", pss));
  EXPECT_FALSE(key->verify(Algorithm::ps256, "m", pkcs1));
  EXPECT_FALSE(key->verify(Algorithm::rs256, "m", pss));
  EXPECT_FALSE(key->verify(Algorithm::rs256, "m", rsa().sign("RS512", "m")));
  EXPECT_FALSE(key->verify(Algorithm::es256, "m", pkcs1));
}

TEST(PublicKey, FitsOnlyTheAlgorithmsOfItsType) {
  auto ec = PublicKey::from_ec(bytes(kX), bytes(kY));
  auto modulus = PublicKey::from_rsa(rsa().modulus(), rsa().exponent());
  auto edwards = PublicKey::from_ed25519(foreign::SigningKey::ed25519().raw_public());
  ASSERT_TRUE(ec && modulus && edwards);
  auto fits = [](const PublicKey& key) {
    std::string names;
    for (Algorithm algorithm : {Algorithm::es256, Algorithm::rs256, Algorithm::ps256, Algorithm::eddsa})
      if (key.fits(algorithm)) names += std::string(to_string(algorithm)) + " ";
    return names;
  };
  EXPECT_EQ(fits(*ec), "ES256 ");
  EXPECT_EQ(fits(*modulus), "RS256 PS256 ");
  EXPECT_EQ(fits(*edwards), "EdDSA ");
}

TEST(PublicKey, RefusesPointsThatAreNone) {
  std::string x = bytes(kX), y = bytes(kY), off = y;
  off.back() = static_cast<char>(off.back() ^ 1);
  EXPECT_FALSE(PublicKey::from_ec(x, off));
  EXPECT_FALSE(PublicKey::from_ec(y, x));
  EXPECT_FALSE(PublicKey::from_ec("", ""));
  EXPECT_FALSE(PublicKey::from_ec(std::string(32, '\0'), std::string(32, '\0')));
  EXPECT_FALSE(PublicKey::from_ec(std::string(32, '\xff'), std::string(32, '\xff')));
  EXPECT_FALSE(PublicKey::from_ec('\0' + x, '\0' + y));
  EXPECT_FALSE(PublicKey::from_ec(x.substr(1), y));
  EXPECT_FALSE(PublicKey::from_ed25519(std::string(31, 'x')));
  EXPECT_FALSE(PublicKey::from_ed25519(""));
}

TEST(PublicKey, RefusesWeakAndCostlyRsa) {
  const std::string n = rsa().modulus(), f4("\x01\x00\x01", 3);
  ASSERT_TRUE(PublicKey::from_rsa(n, f4));
  EXPECT_TRUE(PublicKey::from_rsa(n, "\x03"));
  const std::string exponents[] = {"",
                                   std::string("\0", 1),
                                   "\x01",
                                   "\x02",
                                   "\x05",
                                   "\x11",
                                   std::string("\x01\x00\x00", 3),
                                   "\xff\xff",
                                   std::string("\x01\x00\x00\x00\x00\x00\x00\x00\x01", 9)};
  for (const std::string& exponent : exponents) EXPECT_FALSE(PublicKey::from_rsa(n, exponent)) << to_hex(exponent);
  EXPECT_FALSE(PublicKey::from_rsa(foreign::SigningKey::rsa(1024).modulus(), f4));
  EXPECT_FALSE(PublicKey::from_rsa("", f4));
  EXPECT_FALSE(PublicKey::from_rsa(std::string(255, '\xff'), f4));
  EXPECT_FALSE(PublicKey::from_rsa(std::string(1025, '\xff'), f4));
  std::string even = n;
  even.back() = static_cast<char>(even.back() & ~1);
  EXPECT_FALSE(PublicKey::from_rsa(even, f4));
}

TEST(PublicKey, SignatureMustBeExact) {
  PrivateKey key = PrivateKey::generate();
  PublicKey half = key.public_key();
  std::string signature = key.sign("m");
  ASSERT_EQ(signature.size(), 64u);
  ASSERT_TRUE(half.verify(Algorithm::es256, "m", signature));
  EXPECT_FALSE(half.verify(Algorithm::es256, "m", foreign::ecdsa_der(signature)));
  EXPECT_FALSE(half.verify(Algorithm::es256, "m", signature + '\0'));
  EXPECT_FALSE(half.verify(Algorithm::es256, "m", signature.substr(0, 63)));
  EXPECT_FALSE(half.verify(Algorithm::es256, "m", ""));
  EXPECT_FALSE(half.verify(Algorithm::es256, "m", std::string(64, '\0')));
  EXPECT_FALSE(PrivateKey::generate().public_key().verify(Algorithm::es256, "m", signature));
}

TEST(PublicKey, AShortPssSignatureIsRefusedThoughItsNumberIsRight) {
  auto key = PublicKey::from_rsa(rsa().modulus(), rsa().exponent());
  for (int tries = 0; tries < 20'000; ++tries) {
    std::string signature = rsa().sign("PS256", "m");
    if (signature[0] != '\0') continue;
    ASSERT_TRUE(key->verify(Algorithm::ps256, "m", signature));
    EXPECT_FALSE(key->verify(Algorithm::ps256, "m", std::string_view(signature).substr(1)));
    return;
  }
  FAIL() << "no signature began with a zero byte";
}

TEST(PublicKey, ReadsPemOfEachTypeAndNothingElse) {
  auto ed = foreign::SigningKey::ed25519();
  EXPECT_TRUE(PublicKey::from_pem(pem_of(rsa().get(), false))->fits(Algorithm::rs256));
  EXPECT_EQ(PublicKey::from_pem(pem_of(ed.get(), false))->x(), ed.raw_public());
  EXPECT_EQ(
      to_base64url(PublicKey::from_pem(foreign::to_pem("PUBLIC KEY", foreign::p256_der(bytes(kX), bytes(kY))))->x()),
      kX);
  EXPECT_FALSE(PublicKey::from_pem(pem_of(foreign::SigningKey::rsa(1024).get(), false)));
  EXPECT_FALSE(PublicKey::from_pem(pem_of(foreign::SigningKey::ec("P-384").get(), false)));
  EXPECT_FALSE(PublicKey::from_pem(pem_of(rsa().get(), true)));
  EXPECT_FALSE(PublicKey::from_pem(""));
  EXPECT_FALSE(PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
}

TEST(PrivateKey, ComesBackFromItsPem) {
  PrivateKey key = PrivateKey::generate();
  Secret pem = key.to_pem();
  EXPECT_TRUE(pem.reveal().starts_with("-----BEGIN PRIVATE KEY-----\n"));
  auto again = PrivateKey::from_pem(pem);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->public_key().x(), key.public_key().x());
  EXPECT_TRUE(key.public_key().verify(Algorithm::es256, "m", again->sign("m")));
}

TEST(PrivateKey, RefusesWhatIsNoP256Key) {
  EXPECT_FALSE(PrivateKey::from_pem(Secret("")));
  EXPECT_FALSE(PrivateKey::from_pem(Secret(pem_of(rsa().get(), true))));
  EXPECT_FALSE(PrivateKey::from_pem(Secret(pem_of(foreign::SigningKey::ec("P-384").get(), true))));
  EXPECT_FALSE(PrivateKey::from_pem(Secret(pem_of(foreign::SigningKey::ec("P-256").get(), false))));
  std::string cut = PrivateKey::generate().to_pem().reveal();
  cut.erase(60, 20);
  EXPECT_FALSE(PrivateKey::from_pem(Secret(cut)));
}

TEST(PrivateKey, AnEncryptedPemIsRefusedAndNobodyIsAsked) {
  PrivateKey key = PrivateKey::generate();
  Pkey pkey(PEM_read_bio_PrivateKey(open_bio(key.to_pem().reveal()).get(), nullptr, no_pass_phrase, nullptr));
  Bio bio = new_bio();
  char phrase[] = "phrase";
  must(PEM_write_bio_PKCS8PrivateKey(bio.get(), pkey.get(), EVP_aes_256_cbc(), phrase, 6, nullptr, nullptr) == 1);
  EXPECT_FALSE(PrivateKey::from_pem(Secret(text_of(bio))));
}

TEST(Keys, ARefusalLeavesNothingInTheErrorQueue) {
  ERR_clear_error();
  PrivateKey key = PrivateKey::generate();
  key.public_key().verify(Algorithm::es256, "m", std::string(64, '\0'));
  (void)PublicKey::from_pem("nonsense");
  (void)PublicKey::from_ec(std::string(32, '\1'), std::string(32, '\1'));
  (void)PrivateKey::from_pem(Secret("nonsense"));
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(Keys, ManyThreadsShareOneKey) {
  PrivateKey key = PrivateKey::generate();
  PublicKey half = key.public_key();
  std::vector<int> right(4);
  {
    std::vector<std::jthread> threads;
    for (int& count : right)
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) count += half.verify(Algorithm::es256, "m", key.sign("m"));
      });
  }
  EXPECT_EQ(right, std::vector<int>(4, 50));
}

TEST(Algorithm, NamesAreExact) {
  for (Algorithm algorithm : {Algorithm::es256, Algorithm::rs256, Algorithm::ps256, Algorithm::eddsa})
    EXPECT_EQ(parse_algorithm(to_string(algorithm)), algorithm);
  for (const char* bad : {"", "es256", "ES256 ", "ES384", "HS256", "none", "EdDSA\n"})
    EXPECT_FALSE(parse_algorithm(bad)) << bad;
}

}  // namespace
}  // namespace foundation::crypto
