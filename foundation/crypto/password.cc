#include "foundation/crypto/password.h"

#include <sodium.h>

#include <array>
#include <new>
#include <string_view>

#include "foundation/crypto/openssl_handles.h"

namespace foundation::crypto {
namespace {

void start_sodium() {
  static const bool started = sodium_init() >= 0;
  must(started);
}

}  // namespace

std::string hash_password(const Secret& password) {
  start_sodium();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  const std::string& text = password.reveal();
  if (crypto_pwhash_str_alg(hash.data(), text.data(), text.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();  // its one failure: the 64 MiB are not there
  return hash.data();
}

bool verify_password(const std::string& phc_hash, const Secret& password) {
  start_sodium();
  // libsodium also takes Argon2i, and reads a C string.
  if (!phc_hash.starts_with("$argon2id$") || phc_hash.find('\0') != std::string::npos) return false;
  const std::string& text = password.reveal();
  return crypto_pwhash_str_verify(phc_hash.c_str(), text.data(), text.size()) == 0;
}

}  // namespace foundation::crypto
