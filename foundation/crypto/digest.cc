#include "foundation/crypto/digest.h"

#include <sys/random.h>

#include <cerrno>

#include "foundation/crypto/encoding.h"
#include "foundation/crypto/openssl_handles.h"

namespace foundation::crypto {

std::string sha256(std::string_view bytes) {
  std::string digest(32, '\0');
  must(EVP_Digest(bytes.data(), bytes.size(), data_of(digest), nullptr, EVP_sha256(), nullptr) == 1);
  return digest;
}

std::string sha256_text(std::string_view bytes) { return "sha256:" + to_hex(sha256(bytes)); }

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t have = 0; have < count;) {
    ssize_t got = getrandom(bytes.data() + have, count - have, 0);
    must(got > 0 || (got < 0 && errno == EINTR));
    if (got > 0) have += static_cast<std::size_t>(got);
  }
  return bytes;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace foundation::crypto
