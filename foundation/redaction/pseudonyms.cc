#include "foundation/redaction/pseudonyms.h"

#include <fmt/core.h>

#include "foundation/crypto/digest.h"

namespace foundation::redaction {

std::string Pseudonyms::name_of(std::string_view type, std::string_view secret) {
  std::string key = std::string(type) + ":" + crypto::sha256(secret);
  if (auto known = names_.find(key); known != names_.end()) return known->second;
  if (names_.size() >= kMaxPseudonyms) return fmt::format("<secret:{}>", type);
  int number = ++counts_[std::string(type)];
  return names_.emplace(std::move(key), fmt::format("<secret:{}#{}>", type, number)).first->second;
}

}  // namespace foundation::redaction
