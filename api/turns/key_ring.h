// The signing keys of the Internal JWT. Publish, wait, sign, retire: a key stands in the JWKS before it signs, long
// enough for every verifier's background refresh, and stays there until its last token has expired. Owner: main.
// Threads: one executor; the rows are read at each refresh and written at each rotation.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "foundation/async/context.h"
#include "foundation/async/task.h"
#include "foundation/crypto/keys.h"
#include "foundation/crypto/sealed.h"
#include "foundation/database/database.h"
#include "foundation/jwt/internal_token.h"

namespace api::turns {

namespace async = foundation::async;
using foundation::Milliseconds;
using foundation::Result;
using foundation::WallTime;

inline constexpr Milliseconds kPublishBeforeSigning{10 * 60'000};
inline constexpr Milliseconds kSigningTime{24 * 3600'000};
inline constexpr Milliseconds kKeepAfterSigning{10 * 60'000};  // over a token's lifetime and skew
inline constexpr Milliseconds kKeyRefresh{30'000};
// Of this service and of the advisor (--key-refresh): one after the other sees a new key before it signs.
inline constexpr Milliseconds kSlowestKeyRefresh{120'000};
static_assert(2 * kSlowestKeyRefresh < kPublishBeforeSigning);

struct RingKey {
  std::string kid;
  foundation::crypto::PrivateKey key;
  WallTime published_at{};
  WallTime signs_from{};
  WallTime signs_until{};
  WallTime retires_at{};
};

// Pure: the keys that a ring holds after `now`. Where none signs now (an empty ring, a long sleep, a clock set back) a
// new one does at once; every other key has been published for kPublishBeforeSigning when it begins to sign, and the
// one before it signs until then.
std::vector<RingKey> rotate(std::vector<RingKey> keys, WallTime now);
// The next rotation begins now instead of when it is due; where one is under way, that is it.
std::vector<RingKey> rotate_early(std::vector<RingKey> keys, WallTime now);
// A new key signs at once and is the only one: what the others have signed is refused. For keys that have leaked.
std::vector<RingKey> revoke(std::vector<RingKey> keys, WallTime now);
using Rotation = std::vector<RingKey> (*)(std::vector<RingKey> keys, WallTime now);
// The newest key that signs at `now`; null when there is none.
const RingKey* signing_key(const std::vector<RingKey>& keys, WallTime now);

class KeyRing {
 public:
  KeyRing(foundation::database::Database& database, foundation::crypto::SealingKey sealing);
  // Loads the rows and rotates. Call at start and then every kKeyRefresh. Another process on the same rows learns of
  // it at its own next refresh.
  async::Task<void> refresh(Rotation by = rotate);
  // Code::unavailable while no key signs: the machine slept over the last one's end, or its clock was set back. The
  // next refresh mends it.
  Result<foundation::Secret> mint(const foundation::jwt::InternalClaims& claims, WallTime now) const;
  const foundation::jwt::KeySet& published() const { return published_; }
  const std::vector<RingKey>& keys() const { return keys_; }

 private:
  foundation::database::Database& database_;
  foundation::crypto::SealingKey sealing_;
  std::vector<RingKey> keys_;
  foundation::jwt::KeySet published_;
};

}  // namespace api::turns
