// Ownership of OpenSSL objects, for this folder's .cc files only.
#pragma once
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace foundation::crypto {

template <auto free>
struct Release {
  void operator()(auto* object) const { free(object); }
};
template <class T, auto free>
using Handle = std::unique_ptr<T, Release<free>>;

using Bignum = Handle<BIGNUM, BN_free>;
using Bio = Handle<BIO, BIO_free_all>;
using Certificate = Handle<X509, X509_free>;
using CipherContext = Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using EcdsaSignature = Handle<ECDSA_SIG, ECDSA_SIG_free>;
using ParamBuilder = Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Handle<OSSL_PARAM, OSSL_PARAM_free>;
using Pkey = Handle<EVP_PKEY, EVP_PKEY_free>;
using PkeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

// For calls that fail only when memory is gone or our own arguments are wrong.
inline void must(bool ok) {
  if (!ok) std::abort();
}

// OpenSSL queues errors per thread, and TLS reads that queue to tell what became of a connection: a refused signature
// must leave nothing there.
class ErrorQueueGuard {
 public:
  ErrorQueueGuard() { ERR_set_mark(); }
  ~ErrorQueueGuard() { ERR_pop_to_mark(); }
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
};

inline const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* data_of(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

inline Bignum to_bignum(std::string_view bytes) {
  Bignum number(BN_bin2bn(data_of(bytes), static_cast<int>(bytes.size()), nullptr));
  must(number != nullptr);
  return number;
}
inline std::string to_bytes(const BIGNUM& number, std::size_t width) {
  std::string bytes(width, '\0');
  must(BN_bn2binpad(&number, data_of(bytes), static_cast<int>(width)) == static_cast<int>(width));
  return bytes;
}

// A read-only view; the text must outlive it.
inline Bio open_bio(std::string_view text) {
  Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  must(bio != nullptr);
  return bio;
}
inline Bio new_bio() {
  Bio bio(BIO_new(BIO_s_mem()));
  must(bio != nullptr);
  return bio;
}
inline std::string text_of(const Bio& bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

// OpenSSL asks the terminal for a pass phrase unless given this.
inline int no_pass_phrase(char*, int, int, void*) { return -1; }

}  // namespace foundation::crypto
