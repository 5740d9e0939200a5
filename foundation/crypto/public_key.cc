#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "foundation/crypto/key_material.h"

namespace foundation::crypto {
namespace {

constexpr char kP256[] = "prime256v1";                              // OpenSSL's name for it
constexpr std::size_t kMaxDerBytes = 2 + 2 * (2 + 1 + kP256Bytes);  // a sequence of two integers
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;     // a foreign key's size is work for us at each verification
constexpr int kMaxExponentBits = 64;  // as OpenSSL for its own large keys
constexpr std::uint64_t kMinExponent = 65537;

std::unexpected<Error> refuse(const char* why) { return fail(Code::invalid, "read public key", why); }

// The parameters become a key, which checks what is arithmetic: the point is on the curve and of its order.
Pkey build(const char* type, const ParamBuilder& builder) {
  Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  must(params && context && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* made = nullptr;
  EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get());
  Pkey pkey(made);
  if (!pkey) return nullptr;
  PkeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey.get(), nullptr));
  must(check != nullptr);
  return EVP_PKEY_public_check(check.get()) == 1 ? std::move(pkey) : nullptr;
}

Bignum number_param(EVP_PKEY& pkey, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(&pkey, name, &number);
  return Bignum(number);
}

std::string minimal_bytes(const BIGNUM& number) {
  return to_bytes(number, static_cast<std::size_t>(BN_num_bytes(&number)));
}

bool fair_exponent(const BIGNUM& e) {
  if (!BN_is_odd(&e) || BN_num_bits(&e) > kMaxExponentBits) return false;
  std::uint64_t value = BN_get_word(&e);
  return value == 3 || value >= kMinExponent;
}

Result<PublicKey> public_ec(EVP_PKEY& pkey) {
  char group[32];
  if (EVP_PKEY_get_group_name(&pkey, group, sizeof group, nullptr) != 1 || std::string_view(group) != kP256)
    return refuse("not the curve P-256");
  Bignum x = number_param(pkey, OSSL_PKEY_PARAM_EC_PUB_X), y = number_param(pkey, OSSL_PKEY_PARAM_EC_PUB_Y);
  if (!x || !y) return refuse("no point");
  return PublicKey::from_ec(to_bytes(*x, kP256Bytes), to_bytes(*y, kP256Bytes));
}

Result<PublicKey> public_rsa(EVP_PKEY& pkey) {
  Bignum n = number_param(pkey, OSSL_PKEY_PARAM_RSA_N), e = number_param(pkey, OSSL_PKEY_PARAM_RSA_E);
  if (!n || !e) return refuse("no modulus or exponent");
  return PublicKey::from_rsa(minimal_bytes(*n), minimal_bytes(*e));
}

Result<PublicKey> public_ed25519(EVP_PKEY& pkey) {
  std::string x(kEd25519Bytes, '\0');
  std::size_t size = x.size();
  if (EVP_PKEY_get_raw_public_key(&pkey, data_of(x), &size) != 1) return refuse("no point");
  return PublicKey::from_ed25519(x);
}

// r || s as the DER that OpenSSL reads.
std::string to_der(std::string_view raw) {
  EcdsaSignature signature(ECDSA_SIG_new());
  Bignum r = to_bignum(raw.substr(0, kP256Bytes)), s = to_bignum(raw.substr(kP256Bytes));
  must(signature && ECDSA_SIG_set0(signature.get(), r.release(), s.release()) == 1);
  std::string der(kMaxDerBytes, '\0');
  unsigned char* end = data_of(der);
  int size = i2d_ECDSA_SIG(signature.get(), &end);
  must(size > 0);
  der.resize(static_cast<std::size_t>(size));
  return der;
}

}  // namespace

Result<PublicKey> public_half(EVP_PKEY& pkey) {
  // Taken apart and built anew, so that a key's encoding (explicit curve parameters, PSS restrictions) carries nothing.
  switch (EVP_PKEY_get_base_id(&pkey)) {
    case EVP_PKEY_EC: return public_ec(pkey);
    case EVP_PKEY_RSA: return public_rsa(pkey);
    case EVP_PKEY_ED25519: return public_ed25519(pkey);
    default: return refuse("unknown key type");
  }
}

Result<PublicKey> PublicKey::from_ec(std::string_view x, std::string_view y) {
  ErrorQueueGuard errors;
  if (x.size() != kP256Bytes || y.size() != kP256Bytes) return refuse("coordinate of wrong length");
  std::string point = "\x04" + std::string(x) + std::string(y);  // SEC 1, uncompressed
  ParamBuilder builder(OSSL_PARAM_BLD_new());
  must(builder && OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kP256, 0) == 1 &&
       OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1);
  Pkey pkey = build("EC", builder);
  if (!pkey) return refuse("point is not on the curve");
  return PublicKey(std::make_shared<const Key>(Key{std::move(pkey), KeyKind::p256, std::string(x), std::string(y)}));
}

Result<PublicKey> PublicKey::from_rsa(std::string_view modulus, std::string_view exponent) {
  ErrorQueueGuard errors;
  if (modulus.size() > kMaxRsaBits / 8 + 1 || exponent.size() > kMaxExponentBits / 8 + 1) return refuse("too large");
  Bignum n = to_bignum(modulus), e = to_bignum(exponent);
  if (BN_num_bits(n.get()) < kMinRsaBits) return refuse("modulus under 2048 bits");
  if (BN_num_bits(n.get()) > kMaxRsaBits) return refuse("modulus over 8192 bits");
  if (!fair_exponent(*e)) return refuse("exponent is neither 3 nor odd and at least 65537");
  ParamBuilder builder(OSSL_PARAM_BLD_new());
  must(builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
       OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
  Pkey pkey = build("RSA", builder);
  if (!pkey) return refuse("not an RSA modulus");
  Key key{.pkey = std::move(pkey), .kind = KeyKind::rsa, .modulus = minimal_bytes(*n), .exponent = minimal_bytes(*e)};
  return PublicKey(std::make_shared<const Key>(std::move(key)));
}

Result<PublicKey> PublicKey::from_ed25519(std::string_view x) {
  ErrorQueueGuard errors;
  if (x.size() != kEd25519Bytes) return refuse("coordinate of wrong length");
  Pkey pkey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, data_of(x), x.size()));
  if (!pkey) return refuse("not a point");
  return PublicKey(std::make_shared<const Key>(Key{std::move(pkey), KeyKind::ed25519, std::string(x)}));
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  ErrorQueueGuard errors;
  Pkey pkey(PEM_read_bio_PUBKEY(open_bio(pem).get(), nullptr, no_pass_phrase, nullptr));
  if (!pkey) return refuse("not a PEM public key");
  return public_half(*pkey);
}

std::size_t PublicKey::signature_bytes() const {
  if (key_->kind == KeyKind::p256) return 2 * kP256Bytes;
  return static_cast<std::size_t>(EVP_PKEY_get_size(key_->pkey.get()));
}

bool PublicKey::fits(Algorithm algorithm) const { return scheme_of(algorithm).kind == key_->kind; }

bool PublicKey::verify(Algorithm algorithm, std::string_view message, std::string_view signature) const {
  // OpenSSL itself takes a PSS signature without its leading zeros, and ECDSA's integers in any length.
  if (!fits(algorithm) || signature.size() != signature_bytes()) return false;
  ErrorQueueGuard errors;
  const Scheme& scheme = scheme_of(algorithm);
  std::string der = scheme.kind == KeyKind::p256 ? to_der(signature) : std::string();
  std::string_view wire = der.empty() ? signature : std::string_view(der);
  DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // the context's own
  must(context && EVP_DigestVerifyInit(context.get(), &parameters, scheme.digest ? scheme.digest() : nullptr, nullptr,
                                       key_->pkey.get()) == 1);
  // RFC 7518 section 3.5: MGF1 with the same digest (the default), a salt as long as the digest.
  must(!scheme.pss || (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
                       EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1));
  return EVP_DigestVerify(context.get(), data_of(wire), wire.size(), data_of(message), message.size()) == 1;
}

std::string PublicKey::x() const { return key_->x; }
std::string PublicKey::y() const { return key_->y; }
std::string PublicKey::modulus() const { return key_->modulus; }
std::string PublicKey::exponent() const { return key_->exponent; }

}  // namespace foundation::crypto
