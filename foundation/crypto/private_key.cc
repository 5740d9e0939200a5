#include <openssl/pem.h>

#include "foundation/crypto/key_material.h"

namespace foundation::crypto {

PrivateKey PrivateKey::generate() {
  Pkey pkey(EVP_EC_gen("P-256"));
  must(pkey != nullptr);
  auto half = public_half(*pkey);
  must(half.has_value());
  return PrivateKey(std::make_shared<const Key>(Key{std::move(pkey), std::move(*half)}));
}

Result<PrivateKey> PrivateKey::from_pem(const Secret& pem) {
  const char* doing = "read private key";
  ErrorQueueGuard errors;
  Pkey pkey(PEM_read_bio_PrivateKey(open_bio(pem.reveal()).get(), nullptr, no_pass_phrase, nullptr));
  if (!pkey) return fail(Code::invalid, doing, "not an unencrypted PEM private key");
  auto half = public_half(*pkey);
  if (!half) return fail_with(doing, half.error());
  if (!half->fits(Algorithm::es256)) return fail(Code::invalid, doing, "not a P-256 key");
  PkeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey.get(), nullptr));
  if (!check || EVP_PKEY_check(check.get()) != 1) return fail(Code::invalid, doing, "its two halves do not match");
  return PrivateKey(std::make_shared<const Key>(Key{std::move(pkey), std::move(*half)}));
}

Secret PrivateKey::to_pem() const {
  Bio bio = new_bio();
  must(PEM_write_bio_PKCS8PrivateKey(bio.get(), key_->pkey.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return Secret(text_of(bio));
}

PublicKey PrivateKey::public_key() const { return key_->public_key; }

std::string PrivateKey::sign(std::string_view message) const {
  DigestContext context(EVP_MD_CTX_new());
  must(context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_->pkey.get()) == 1);
  std::string der(static_cast<std::size_t>(EVP_PKEY_get_size(key_->pkey.get())), '\0');
  std::size_t size = der.size();
  must(EVP_DigestSign(context.get(), data_of(der), &size, data_of(message), message.size()) == 1);
  const unsigned char* in = data_of(std::string_view(der));
  EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(size)));
  must(signature != nullptr);
  return to_bytes(*ECDSA_SIG_get0_r(signature.get()), kP256Bytes) +
         to_bytes(*ECDSA_SIG_get0_s(signature.get()), kP256Bytes);
}

}  // namespace foundation::crypto
