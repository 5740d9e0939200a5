// For tests only: JOSE algorithms that the product does not link, and keys to forge with. No .cc of a library includes
// this; it stands here because only this folder speaks OpenSSL.
#pragma once
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <string>
#include <string_view>

#include "foundation/crypto/digest.h"
#include "foundation/crypto/openssl_handles.h"

namespace foundation::crypto::foreign {

// "HS256" and its kind: the digest is named by the last three characters.
inline const EVP_MD* digest_of(std::string_view algorithm) {
  if (algorithm.ends_with("256")) return EVP_sha256();
  if (algorithm.ends_with("384")) return EVP_sha384();
  return algorithm.ends_with("512") ? EVP_sha512() : nullptr;
}

inline std::string hmac(std::string_view algorithm, std::string_view key, std::string_view message) {
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  std::size_t size = 0;
  const char* digest = EVP_MD_get0_name(digest_of(algorithm));
  must(EVP_Q_mac(nullptr, "HMAC", nullptr, digest, nullptr, key.data(), key.size(), data_of(message), message.size(),
                 data_of(mac), mac.size(), &size) != nullptr);
  mac.resize(size);
  return mac;
}

inline bool is_pss(std::string_view algorithm) { return algorithm.starts_with("PS"); }
inline void set_padding(EVP_PKEY_CTX* parameters, std::string_view algorithm) {
  if (!is_pss(algorithm)) return;
  must(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
       EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1);
}

// RS256, PS384 and their kind.
inline bool verify_rsa(std::string_view algorithm, std::string_view modulus, std::string_view exponent,
                       std::string_view message, std::string_view signature) {
  ErrorQueueGuard errors;
  Bignum n = to_bignum(modulus), e = to_bignum(exponent);
  ParamBuilder builder(OSSL_PARAM_BLD_new());
  must(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
       OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
  Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  PkeyContext maker(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* made = nullptr;
  must(EVP_PKEY_fromdata_init(maker.get()) == 1 &&
       EVP_PKEY_fromdata(maker.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) == 1);
  Pkey pkey(made);
  DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  must(EVP_DigestVerifyInit(context.get(), &parameters, digest_of(algorithm), nullptr, pkey.get()) == 1);
  set_padding(parameters, algorithm);
  return signature.size() == static_cast<std::size_t>(EVP_PKEY_get_size(pkey.get())) &&
         EVP_DigestVerify(context.get(), data_of(signature), signature.size(), data_of(message), message.size()) == 1;
}

// An attacker's key of any type. Signatures come in OpenSSL's form.
class SigningKey {
 public:
  static SigningKey rsa(unsigned bits) { return SigningKey(EVP_RSA_gen(bits)); }
  static SigningKey ec(const char* curve) { return SigningKey(EVP_EC_gen(curve)); }
  static SigningKey ed25519() { return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

  std::string sign(std::string_view algorithm, std::string_view message) const {
    DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    must(EVP_DigestSignInit(context.get(), &parameters, digest_of(algorithm), nullptr, pkey_.get()) == 1);
    set_padding(parameters, algorithm);
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(pkey_.get())), '\0');
    std::size_t size = signature.size();
    must(EVP_DigestSign(context.get(), data_of(signature), &size, data_of(message), message.size()) == 1);
    signature.resize(size);
    return signature;
  }
  std::string number(const char* name) const {  // OSSL_PKEY_PARAM_RSA_N and its kind
    BIGNUM* value = nullptr;
    must(EVP_PKEY_get_bn_param(pkey_.get(), name, &value) == 1);
    Bignum owned(value);
    return to_bytes(*owned, static_cast<std::size_t>(BN_num_bytes(owned.get())));
  }
  std::string modulus() const { return number(OSSL_PKEY_PARAM_RSA_N); }
  std::string exponent() const { return number(OSSL_PKEY_PARAM_RSA_E); }
  std::string raw_public() const {
    std::string bytes(32, '\0');
    std::size_t size = bytes.size();
    must(EVP_PKEY_get_raw_public_key(pkey_.get(), data_of(bytes), &size) == 1);
    return bytes;
  }
  EVP_PKEY* get() const { return pkey_.get(); }

 private:
  explicit SigningKey(EVP_PKEY* pkey) : pkey_(pkey) { must(pkey != nullptr); }
  Pkey pkey_;
};

// SubjectPublicKeyInfo of a P-256 point and its PEM: what a careless verifier would take for an HMAC key.
inline std::string p256_der(std::string_view x, std::string_view y) {
  static constexpr unsigned char kPrefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                              0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                              0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
  return std::string(reinterpret_cast<const char*>(kPrefix), sizeof kPrefix) + std::string(x) + std::string(y);
}
inline std::string to_pem(std::string_view label, std::string_view der) {
  std::string text((der.size() + 2) / 3 * 4 + 1, '\0');
  text.resize(static_cast<std::size_t>(EVP_EncodeBlock(data_of(text), data_of(der), static_cast<int>(der.size()))));
  for (std::size_t at = 64; at < text.size(); at += 65) text.insert(at, "\n");
  std::string name(label);
  return "-----BEGIN " + name + "-----\n" + text + "\n-----END " + name + "-----\n";
}

// r || s as DER.
inline std::string ecdsa_der(std::string_view raw) {
  EcdsaSignature signature(ECDSA_SIG_new());
  Bignum r = to_bignum(raw.substr(0, raw.size() / 2)), s = to_bignum(raw.substr(raw.size() / 2));
  must(ECDSA_SIG_set0(signature.get(), r.release(), s.release()) == 1);
  unsigned char* out = nullptr;
  int size = i2d_ECDSA_SIG(signature.get(), &out);
  must(size > 0);
  std::string der(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return der;
}

// a + b cut to `width` bytes, and a - b; big-endian.
inline std::string add(std::string_view a, std::string_view b, std::size_t width) {
  Bignum sum(BN_new());
  must(BN_add(sum.get(), to_bignum(a).get(), to_bignum(b).get()) == 1);
  BN_mask_bits(sum.get(), static_cast<int>(width * 8));
  return to_bytes(*sum, width);
}
inline std::string subtract(std::string_view a, std::string_view b, std::size_t width) {
  Bignum difference(BN_new());
  must(BN_sub(difference.get(), to_bignum(a).get(), to_bignum(b).get()) == 1);
  return to_bytes(*difference, width);
}

}  // namespace foundation::crypto::foreign
