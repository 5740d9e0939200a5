#include "api/app/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;

namespace {

auto failed(std::string doing, const std::filesystem::path& file) {
  return fail(Code::io, std::move(doing) + " " + file.string(), std::strerror(errno));
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return failed("read", file);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

Done replace_file(const std::filesystem::path& file, std::string_view text, bool shared) {
  std::filesystem::path next = file;
  next += ".next";
  int descriptor = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, shared ? 0644 : 0600);
  if (descriptor < 0) return failed("write", next);
  bool written = ::write(descriptor, text.data(), text.size()) == ssize_t(text.size()) && ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!written || ::rename(next.c_str(), file.c_str()) != 0) return failed("write", file);
  return Done{};
}

Done make_private_folder(const std::filesystem::path& folder) {
  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  if (ec || ::chmod(folder.c_str(), 0700) != 0) return failed("make folder", folder);
  return Done{};
}

Result<DataLock> DataLock::take(const std::filesystem::path& data) {
  auto file = data / "lock";
  int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed("open", file);
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
