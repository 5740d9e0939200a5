// Encryption at rest under a key file: AES-256-GCM, 96-bit random nonce, the record's name as associated data, so that
// a sealed value cannot be moved to another row.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "foundation/base/error.h"
#include "foundation/base/secret.h"

namespace foundation::crypto {

class SealingKey {
 public:
  // Reads the 32-byte key file, or makes it with mode 0600. A file that others may read is refused.
  static Result<SealingKey> open_or_create(const std::filesystem::path& file);
  std::string seal(std::string_view name, const Secret& plain) const;
  Result<Secret> unseal(std::string_view name, std::string_view sealed) const;

 private:
  explicit SealingKey(Secret key) : key_(std::move(key)) {}
  Secret key_;
};

}  // namespace foundation::crypto
