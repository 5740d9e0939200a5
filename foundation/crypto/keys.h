// Signing and verifying keys. Signatures are in the JOSE form (RFC 7518): ECDSA as r || s of fixed length, never DER.
// Threads: a key is immutable; any thread may use it.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/error.h"
#include "foundation/base/secret.h"

namespace foundation::crypto {

enum class Algorithm { es256, rs256, ps256, eddsa };  // what the product uses; nothing else is linked into it
std::string_view to_string(Algorithm algorithm);      // the JOSE name, "ES256"
std::optional<Algorithm> parse_algorithm(std::string_view name);  // exact match only

class PublicKey {
 public:
  // From JWK members, already base64url-decoded. A point off its curve, an RSA modulus under 2048 bits or an even or
  // small exponent (< 65537 and not 3) is refused; so is what would only cost time: a modulus over 8192 bits, an
  // exponent over 64.
  static Result<PublicKey> from_ec(std::string_view x, std::string_view y);  // P-256
  static Result<PublicKey> from_rsa(std::string_view modulus, std::string_view exponent);
  static Result<PublicKey> from_ed25519(std::string_view x);
  static Result<PublicKey> from_pem(std::string_view pem);

  bool fits(Algorithm algorithm) const;  // the key's type and curve are those of the algorithm
  // False for any signature that is not exactly right: wrong length, r or s out of 1..n-1, wrong bytes.
  bool verify(Algorithm algorithm, std::string_view message, std::string_view signature) const;
  // What a JWK says of the key; empty where its type has no such member. Coordinates are padded to their field (32
  // bytes each for P-256; an Ed25519 key has x alone), RSA's numbers have no leading zeros.
  std::string x() const;
  std::string y() const;
  std::string modulus() const;
  std::string exponent() const;

 private:
  struct Key;
  std::size_t signature_bytes() const;
  explicit PublicKey(std::shared_ptr<const Key> key) : key_(std::move(key)) {}
  std::shared_ptr<const Key> key_;  // shared: immutable, copied into key sets
};

// A P-256 key for ES256.
class PrivateKey {
 public:
  static PrivateKey generate();
  static Result<PrivateKey> from_pem(const Secret& pem);
  Secret to_pem() const;  // PKCS #8
  PublicKey public_key() const;
  std::string sign(std::string_view message) const;  // 64 bytes r || s

 private:
  struct Key;
  explicit PrivateKey(std::shared_ptr<const Key> key) : key_(std::move(key)) {}
  std::shared_ptr<const Key> key_;  // shared: immutable
};

}  // namespace foundation::crypto
