// What keys hold and what an algorithm asks of them, for this folder's .cc files only.
#pragma once
#include <string>

#include "foundation/crypto/keys.h"
#include "foundation/crypto/openssl_handles.h"

namespace foundation::crypto {

enum class KeyKind { p256, rsa, ed25519 };

inline constexpr std::size_t kP256Bytes = 32;  // a coordinate, r or s
inline constexpr std::size_t kEd25519Bytes = 32;

struct PublicKey::Key {
  Pkey pkey;
  KeyKind kind{};
  std::string x{}, y{};
  std::string modulus{}, exponent{};
};

struct PrivateKey::Key {
  Pkey pkey;
  PublicKey public_key;
};

// The public half of any key of a kind that we know, by the rules of PublicKey's makers.
Result<PublicKey> public_half(EVP_PKEY& pkey);

// RFC 7518 section 3.1, RFC 8037.
struct Scheme {
  Algorithm algorithm;
  std::string_view name;
  KeyKind kind;
  const EVP_MD* (*digest)();  // null: the signature scheme hashes for itself
  bool pss = false;
};
const Scheme& scheme_of(Algorithm algorithm);

}  // namespace foundation::crypto
