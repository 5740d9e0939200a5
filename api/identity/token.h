// The random tokens of sessions and invitations: shown once, stored as their digest. Private to identity.
#pragma once
#include <string>

#include "foundation/base/secret.h"
#include "foundation/crypto/digest.h"
#include "foundation/crypto/encoding.h"

namespace api::identity {

inline constexpr std::size_t kTokenBytes = 32;
inline constexpr std::size_t kTokenText = 43;  // base64url of 32 bytes

inline foundation::Secret new_token() {
  return foundation::Secret(foundation::crypto::to_base64url(foundation::crypto::random_bytes(kTokenBytes)));
}
// A look-up by digest needs no constant-time comparison: nobody can steer a digest towards another.
inline std::string id_of(const foundation::Secret& token) { return foundation::crypto::sha256_text(token.reveal()); }

}  // namespace api::identity
