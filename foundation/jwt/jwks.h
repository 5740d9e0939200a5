// A set of public keys as in RFC 7517, each good for exactly one algorithm.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/error.h"
#include "foundation/crypto/keys.h"

namespace foundation::jwt {

inline constexpr std::size_t kMaxKeys = 16;

struct NamedKey {
  std::string kid;
  crypto::Algorithm algorithm{};
  crypto::PublicKey key;
};

class KeySet {
 public:
  KeySet() = default;
  explicit KeySet(std::vector<NamedKey> keys) : keys_(std::move(keys)) {}
  // Refuses duplicate kids, a missing kid or alg, a key whose type is not its algorithm's, private members ("d"), more
  // than kMaxKeys. Passed over are keys that can verify nothing here: `use` other than "sig", `key_ops` without
  // "verify", an algorithm that we do not know (RFC 7517 section 5).
  static Result<KeySet> parse(std::string_view text);
  std::string to_text() const;
  const NamedKey* find(std::string_view kid) const;  // null when unknown
  const std::vector<NamedKey>& keys() const { return keys_; }

 private:
  std::vector<NamedKey> keys_;
};

// RFC 7638 thumbprint of a P-256 key: what our key ring uses as kid.
std::string thumbprint(const crypto::PublicKey& key);

}  // namespace foundation::jwt
