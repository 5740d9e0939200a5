// The Internal JWT: minted by the control plane, verified by both services with this one configuration (system.md 4).
// Pure: keys and `now` are passed in. A verified token still needs its turn to be live; that is the control plane's
// look-up.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/secret.h"
#include "foundation/crypto/keys.h"
#include "foundation/jwt/jwks.h"

namespace foundation::jwt {

inline constexpr std::string_view kInternalType = "hks-internal+jwt";
inline constexpr std::string_view kInternalIssuer = "hexabase-control-plane";
inline constexpr std::string_view kInternalAudience = "hexabase-aiops-service";
inline constexpr int kInternalVersion = 1;
inline constexpr Milliseconds kMaxLifetime{300'000};
inline constexpr Milliseconds kSkew{5'000};

inline constexpr std::size_t kMaxRoles = 64;
inline constexpr std::size_t kMaxScopes = 64;
inline constexpr std::size_t kMaxNameBytes = 253;  // of one id, role or scope: visible ASCII

struct RoleClaim {
  std::string role;
  std::optional<std::string> project;  // none: the whole workspace
  friend bool operator==(const RoleClaim&, const RoleClaim&) = default;
};

struct InternalClaims {
  std::string subject;  // user id
  std::string actor;    // act.sub: the AIOps workload
  std::string organization;
  std::string workspace;
  std::vector<RoleClaim> roles;  // context for the advisor; the executor never decides from them
  std::vector<std::string> scope;
  std::string turn;
  std::string jti;
  WallTime issued_at{};  // whole seconds on the wire
  WallTime not_before{};
  WallTime expires_at{};
  std::string peer_thumbprint;  // cnf.x5t#S256
};

// Roles that would carry the token over kMaxTokenBytes or kMaxRoles are left out: they are context only, and a user
// with many bindings must not be locked out by them.
Secret mint_internal(const InternalClaims& claims, const crypto::PrivateKey& key, std::string_view kid);

// What went wrong, for metrics and logs; the caller sees one uniform 401.
struct TokenRefusal {
  std::string reason;  // of a closed set: jws::split's words, kid_unknown, signature, claims, lifetime, a claim's name
};
std::expected<InternalClaims, TokenRefusal> verify_internal(std::string_view token, const KeySet& keys, WallTime now);

// The token of one "Authorization: Bearer x" header value; none for any other form.
std::optional<std::string_view> bearer_token(std::string_view header_value);

}  // namespace foundation::jwt
