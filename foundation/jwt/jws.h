// Compact JWS (RFC 7515), strict. Pure: keys and time are passed in.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/crypto/keys.h"
#include "foundation/json/value.h"

namespace foundation::jwt {

inline constexpr std::size_t kMaxTokenBytes = 4096;
inline constexpr std::size_t kMaxKidBytes = 64;

// What a header may hold. The product's policies demand exactly {alg, kid, typ}; Wycheproof's vectors need a laxer one,
// which stands in a test.
struct HeaderPolicy {
  std::vector<crypto::Algorithm> algorithms;  // the allow-list
  std::string typ;            // exact value; empty: typ must be absent or is not looked at, by exact_members
  bool exact_members = true;  // header is exactly {alg, kid, typ}
  std::size_t max_bytes = kMaxTokenBytes;
};

struct Header {
  crypto::Algorithm algorithm{};
  std::string kid;
  std::string typ;
};

// The parts of a token whose signature is not yet looked at. Do not read `payload` before verify says yes.
struct Split {
  Header header;
  std::string_view signed_part;  // borrows the token
  std::string payload;
  std::string signature;
};

// Size, characters, three non-empty parts, canonical base64url, strict JSON header, policy. Every failure is
// Code::unauthenticated.
Result<Split> split(std::string_view token, const HeaderPolicy& policy);

// split + signature; the verified payload bytes.
Result<std::string> verify(std::string_view token, const crypto::PublicKey& key, crypto::Algorithm algorithm,
                           const HeaderPolicy& policy);

std::string sign(const crypto::PrivateKey& key, std::string_view kid, std::string_view typ, std::string_view payload);

}  // namespace foundation::jwt
