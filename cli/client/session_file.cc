#include "cli/client/session_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "foundation/json/fields.h"

namespace cli::client {
namespace {

namespace json = foundation::json;
using foundation::Code;
using foundation::fail;

constexpr std::size_t kMaxFileBytes = 16 << 10;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::unexpected<foundation::Error> failed(std::string doing) { return fail(Code::io, doing, std::strerror(errno)); }

Result<std::string> read_all(int fd, const std::string& doing) {
  std::string text(kMaxFileBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    ssize_t got = ::read(fd, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(doing);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kMaxFileBytes) return fail(Code::too_large, doing, "this is no session file");
  text.resize(size);
  return text;
}

Done write_all(int fd, std::string_view text, const std::string& doing) {
  while (!text.empty()) {
    ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failed(doing);
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return Done{};
}

Done make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.empty() || std::filesystem::exists(folder, error)) return Done{};
  if (auto above = make_folder(folder.parent_path()); !above) return above;
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return failed("make folder " + folder.string());
  return Done{};
}

}  // namespace

std::filesystem::path default_session_file() {
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config && *config == '/')
    return std::filesystem::path(config) / "hks/session.json";
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::filesystem::path(home) / ".config/hks/session.json";
  return {};
}

Result<std::optional<SavedSession>> load_session(const std::filesystem::path& file) {
  std::string doing = "read session file " + file.string();
  Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open() && (errno == ENOENT || errno == ENOTDIR)) return std::optional<SavedSession>();
  if (!fd.is_open()) return failed(doing);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failed(doing);
  if ((status.st_mode & 077) != 0)
    return fail(Code::io, doing, "others may read it; sign out, then: chmod 600 " + file.string());
  auto text = read_all(fd.get(), doing);
  if (!text) return std::unexpected(text.error());
  auto value = json::parse_strict(*text);
  if (!value) return foundation::fail_with(doing, value.error());
  json::Fields fields(*value);
  SavedSession session{.server = fields.text("server", 1024),
                       .user = fields.text("user", 63),
                       .token = Secret(fields.text("token", 256)),
                       .expires_at = fields.text("expires_at", 64)};
  if (auto done = fields.finish(); !done) return foundation::fail_with(doing, done.error());
  return session;
}

Done save_session(const std::filesystem::path& file, const SavedSession& session) {
  std::string doing = "write session file " + file.string();
  if (auto made = make_folder(file.parent_path()); !made) return made;
  json::Object text{{"server", session.server},
                    {"user", session.user},
                    {"token", session.token.reveal()},
                    {"expires_at", session.expires_at}};
  std::string name = file.string() + ".XXXXXX";
  Descriptor fd(::mkostemp(name.data(), O_CLOEXEC));  // 0600 from its birth
  if (!fd.is_open()) return failed(doing);
  Done done = write_all(fd.get(), json::to_pretty(text) + "\n", doing);
  if (done && ::fsync(fd.get()) != 0) done = failed(doing);
  if (done && ::rename(name.c_str(), file.c_str()) != 0) done = failed(doing);
  if (!done) ::unlink(name.c_str());
  return done;
}

Done forget_session(const std::filesystem::path& file) {
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) return failed("remove session file " + file.string());
  return Done{};
}

}  // namespace cli::client
