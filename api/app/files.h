// Files of the data folder: small, private, replaced whole.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace api::app {

foundation::Result<std::string> read_file(const std::filesystem::path& file);
// Written beside and renamed over, so that a reader sees the old or the new text. Mode 0600, or 0644 when `shared`.
foundation::Done replace_file(const std::filesystem::path& file, std::string_view text, bool shared = false);
// A folder that only its owner may enter.
foundation::Done make_private_folder(const std::filesystem::path& folder);

// One process a data folder. Held until the object goes.
class DataLock {
 public:
  static foundation::Result<DataLock> take(const std::filesystem::path& data);
  DataLock(DataLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  DataLock& operator=(DataLock&&) = delete;
  ~DataLock();

 private:
  explicit DataLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace api::app
