#include "api/app/data_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace api::app {

using foundation::Code;
using foundation::fail;

foundation::Result<DataLock> DataLock::take(const std::filesystem::path& data) {
  auto file = data / "lock";
  int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(Code::io, "open " + file.string(), std::strerror(errno));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return fail(Code::conflict, "lock " + file.string(), "another control plane uses this data folder");
  }
  return DataLock(descriptor);
}

DataLock::~DataLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace api::app
