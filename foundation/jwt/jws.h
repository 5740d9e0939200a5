// Compact JWS (RFC 7515), strict. Pure: keys and time are passed in.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/error.h"
#include "foundation/crypto/keys.h"

namespace foundation::jwt {

inline constexpr std::size_t kMaxTokenBytes = 4096;
inline constexpr std::size_t kMaxKidBytes = 64;

// What a header may hold. The product's policies for its own tokens demand exactly {alg, kid, typ}. A laxer one passes
// over unknown members but never over those that name keys or change the meaning of the bytes: jwk, jku, x5u, x5c,
// crit, b64, zip.
struct HeaderPolicy {
  std::vector<std::string_view> algorithms;  // the allow-list, JOSE names
  std::string_view typ;        // exact value; empty: typ must be absent or is not looked at, by exact_members
  bool exact_members = true;   // header is exactly {alg, kid, typ}
  bool empty_payload = false;  // may the payload be empty? RFC 7515 lets it; test vectors need it
  std::size_t max_bytes = kMaxTokenBytes;
};

struct Header {
  std::string algorithm;  // one of the policy's
  std::string kid;        // visible ASCII, 1..kMaxKidBytes
  std::string typ;
};

// The parts of a token whose signature is not yet looked at. Do not read `payload` before the signature is right.
struct Split {
  Header header;
  std::string_view signed_part;  // borrows the token
  std::string payload;
  std::string signature;
};

// Size, characters, three non-empty parts, canonical base64url, strict JSON header, policy. Every failure is
// Code::unauthenticated, its cause one word: size, form, header, alg, typ, kid; from verify also signature.
Result<Split> split(std::string_view token, const HeaderPolicy& policy);

// split + signature; the verified payload bytes.
Result<std::string> verify(std::string_view token, const crypto::PublicKey& key, crypto::Algorithm algorithm,
                           const HeaderPolicy& policy);

// The same with another notion of a right signature, asked last: for algorithms that the product does not link.
using SignatureCheck = std::function<bool(std::string_view signed_part, std::string_view signature)>;
Result<std::string> verify(std::string_view token, std::string_view algorithm, const SignatureCheck& right,
                           const HeaderPolicy& policy);

std::string sign(const crypto::PrivateKey& key, std::string_view kid, std::string_view typ, std::string_view payload);

}  // namespace foundation::jwt
