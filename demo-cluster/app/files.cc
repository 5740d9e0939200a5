#include "demo-cluster/app/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace demo_cluster::app {
namespace {

std::unexpected<foundation::Error> system_failure(std::string doing) {
  return foundation::fail(foundation::Code::io, std::move(doing), std::strerror(errno));
}

foundation::Done write_all(int fd, std::string_view text, const std::string& name) {
  while (!text.empty()) {
    auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("write " + name);
    text.remove_prefix(std::size_t(written));
  }
  return {};
}

}  // namespace

foundation::Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return foundation::fail(foundation::Code::io, "open " + path.string(), "it cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

foundation::Done write_file(const std::filesystem::path& path, std::string_view text) {
  auto fresh = path.string() + ".new";
  int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) return system_failure("create " + fresh);
  auto written = write_all(fd, text, fresh);
  ::close(fd);
  if (!written) return written;
  if (::rename(fresh.c_str(), path.c_str()) != 0) return system_failure("rename " + fresh);
  return {};
}

foundation::Done make_folder(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::create_directories(path, error)) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  }
  if (error) return foundation::fail(foundation::Code::io, "create folder " + path.string(), error.message());
  return {};
}

}  // namespace demo_cluster::app
