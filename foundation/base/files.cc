#include "foundation/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace foundation {
namespace {

auto failed(std::string doing, const std::filesystem::path& file) {
  return fail(errno == ENOENT ? Code::not_found : Code::io, std::move(doing) + " " + file.string(),
              std::strerror(errno));
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(std::size_t(written));
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return failed("read", file);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

Done replace_file(const std::filesystem::path& file, std::string_view text, FileAccess access) {
  std::filesystem::path next = file;
  next += ".next";
  ::unlink(next.c_str());  // what a crash left may have other rights
  int descriptor =
      ::open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, access == FileAccess::owner ? 0600 : 0644);
  if (descriptor < 0) return failed("write", next);
  bool written = write_all(descriptor, text) && ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!written || ::rename(next.c_str(), file.c_str()) != 0) return failed("write", file);
  return Done{};
}

Done make_private_folder(const std::filesystem::path& folder) {
  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  if (ec) return fail(Code::io, "make folder " + folder.string(), ec.message());
  if (::chmod(folder.c_str(), 0700) != 0) return failed("make folder", folder);
  return Done{};
}

}  // namespace foundation
