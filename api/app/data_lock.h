// One process a data folder. Held until the object goes.
#pragma once
#include <filesystem>
#include <utility>

#include "foundation/base/error.h"

namespace api::app {

class DataLock {
 public:
  // Code::conflict when another process holds it.
  static foundation::Result<DataLock> take(const std::filesystem::path& data);
  DataLock(DataLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  DataLock& operator=(DataLock&&) = delete;
  ~DataLock();

 private:
  explicit DataLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace api::app
