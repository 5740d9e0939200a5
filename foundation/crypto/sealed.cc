#include "foundation/crypto/sealed.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "foundation/crypto/digest.h"
#include "foundation/crypto/encoding.h"
#include "foundation/crypto/openssl_handles.h"

namespace foundation::crypto {
namespace {

// A sealed value: one format byte, the nonce, the ciphertext, the tag (NIST SP 800-38D's sizes).
constexpr char kFormat = 1;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kOverhead = 1 + kNonceBytes + kTagBytes;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<Error> system_failure(const char* doing) { return fail(Code::io, doing, std::strerror(errno)); }

// Our own file must be private. One of root's may be readable by our group: so a Kubernetes Secret is mounted for a
// process that is not root.
Done check_private(const struct stat& status) {
  const char* doing = "open key file";
  if (!S_ISREG(status.st_mode)) return fail(Code::invalid, doing, "not a regular file");
  if (status.st_uid != ::geteuid() && status.st_uid != 0) return fail(Code::denied, doing, "owned by another user");
  mode_t forbidden = status.st_uid == ::geteuid() ? 0077 : 0037;
  if ((status.st_mode & forbidden) != 0) return fail(Code::denied, doing, "others may read it: chmod 600");
  return {};
}

Result<std::string> read_key(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return system_failure("stat key file");
  if (auto ok = check_private(status); !ok) return std::unexpected(ok.error());
  std::string key(kKeyBytes, '\0');
  if (status.st_size != static_cast<off_t>(kKeyBytes) || ::read(fd, key.data(), kKeyBytes) != ssize_t(kKeyBytes))
    return fail(Code::corrupt, "read key file", "not 32 bytes");
  return key;
}

// Written beside and linked into place: a crash leaves no half key, and of two first starts one wins.
Done create_key(const std::filesystem::path& file) {
  std::string draft = file.string() + "." + to_hex(random_bytes(8));
  Descriptor fd(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0) return system_failure("create key file");
  std::string key = random_bytes(kKeyBytes);
  bool written = ::write(fd.get(), key.data(), key.size()) == ssize_t(key.size()) && ::fsync(fd.get()) == 0;
  bool linked = written && (::link(draft.c_str(), file.c_str()) == 0 || errno == EEXIST);
  int reason = errno;
  ::unlink(draft.c_str());
  errno = reason;
  if (!linked) return system_failure("create key file");
  std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return system_failure("store key file");
  return {};
}

}  // namespace

Result<SealingKey> SealingKey::open_or_create(const std::filesystem::path& file) {
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;  // a FIFO must not make us wait
  int opened = ::open(file.c_str(), kFlags);
  if (opened < 0 && errno == ENOENT) {
    if (auto made = create_key(file); !made) return std::unexpected(made.error());
    opened = ::open(file.c_str(), kFlags);
  }
  Descriptor fd(opened);
  if (fd.get() < 0) return system_failure("open key file");
  auto key = read_key(fd.get());
  if (!key) return std::unexpected(key.error());
  return SealingKey(Secret(std::move(*key)));
}

std::string SealingKey::seal(std::string_view name, const Secret& plain) const {
  const std::string& text = plain.reveal();
  std::string nonce = random_bytes(kNonceBytes);
  std::string body(text.size(), '\0'), tag(kTagBytes, '\0');
  CipherContext context(EVP_CIPHER_CTX_new());
  int size = 0;
  must(context && EVP_EncryptInit_ex2(context.get(), EVP_aes_256_gcm(), data_of(std::string_view(key_.reveal())),
                                      data_of(nonce), nullptr) == 1);
  must(EVP_EncryptUpdate(context.get(), nullptr, &size, data_of(name), static_cast<int>(name.size())) == 1);
  must(EVP_EncryptUpdate(context.get(), data_of(body), &size, data_of(std::string_view(text)),
                         static_cast<int>(text.size())) == 1);
  must(EVP_EncryptFinal_ex(context.get(), data_of(tag), &size) == 1 && size == 0);
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag.data()) == 1);
  return std::string(1, kFormat) + nonce + body + tag;
}

Result<Secret> SealingKey::unseal(std::string_view name, std::string_view sealed) const {
  auto corrupt = [] { return fail(Code::corrupt, "unseal", "not sealed under this key and name"); };
  if (sealed.size() < kOverhead || sealed[0] != kFormat) return corrupt();
  ErrorQueueGuard errors;
  std::string_view nonce = sealed.substr(1, kNonceBytes);
  std::string_view body = sealed.substr(1 + kNonceBytes, sealed.size() - kOverhead);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plain(body.size(), '\0');
  CipherContext context(EVP_CIPHER_CTX_new());
  int size = 0;
  must(context && EVP_DecryptInit_ex2(context.get(), EVP_aes_256_gcm(), data_of(std::string_view(key_.reveal())),
                                      data_of(nonce), nullptr) == 1);
  must(EVP_DecryptUpdate(context.get(), nullptr, &size, data_of(name), static_cast<int>(name.size())) == 1);
  must(EVP_DecryptUpdate(context.get(), data_of(plain), &size, data_of(body), static_cast<int>(body.size())) == 1);
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1);
  if (EVP_DecryptFinal_ex(context.get(), data_of(tag), &size) != 1) return corrupt();
  return Secret(std::move(plain));
}

}  // namespace foundation::crypto
