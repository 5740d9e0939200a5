#include "foundation/crypto/certificates.h"

#include <openssl/pem.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "foundation/crypto/digest.h"
#include "foundation/crypto/encoding.h"
#include "foundation/crypto/openssl_handles.h"

namespace foundation::crypto {
namespace {

using GeneralName = Handle<GENERAL_NAME, GENERAL_NAME_free>;
using GeneralNames = Handle<GENERAL_NAMES, GENERAL_NAMES_free>;
using Extension = Handle<X509_EXTENSION, X509_EXTENSION_free>;

constexpr std::size_t kSerialBytes = 16;
constexpr Milliseconds kBackdate{300'000};  // for peers whose clocks are behind

Certificate read_certificate(std::string_view pem) {
  return Certificate(PEM_read_bio_X509(open_bio(pem).get(), nullptr, no_pass_phrase, nullptr));
}
Pkey read_key(const Secret& pem) {
  return Pkey(PEM_read_bio_PrivateKey(open_bio(pem.reveal()).get(), nullptr, no_pass_phrase, nullptr));
}
std::string to_pem(const Certificate& certificate) {
  Bio bio = new_bio();
  must(PEM_write_bio_X509(bio.get(), certificate.get()) == 1);
  return text_of(bio);
}
Secret to_pem(const Pkey& key) {
  Bio bio = new_bio();
  must(PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return Secret(text_of(bio));
}

std::time_t seconds_of(WallTime at) { return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count(); }

std::optional<WallTime> expiry_of(const Certificate& certificate) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &parts) != 1) return std::nullopt;
  return WallTime(std::chrono::seconds(::timegm(&parts)));
}

// A text from our own source, never from outside.
void add_extension(X509& certificate, X509V3_CTX& context, int nid, const char* value) {
  Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  must(extension && X509_add_ext(&certificate, extension.get(), -1) == 1);
}

Certificate blank(const Pkey& key, std::string_view common_name, WallTime now, WallTime until) {
  Certificate certificate(X509_new());
  must(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  std::string serial = random_bytes(kSerialBytes);
  serial[0] = static_cast<char>((serial[0] & 0x3f) | 0x40);  // positive, and never shorter
  must(BN_to_ASN1_INTEGER(to_bignum(serial).get(), X509_get_serialNumber(certificate.get())) != nullptr);
  must(X509_set_pubkey(certificate.get(), key.get()) == 1);
  must(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), seconds_of(now - kBackdate)) != nullptr);
  must(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), seconds_of(until)) != nullptr);
  must(X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, MBSTRING_UTF8,
                                  data_of(common_name), static_cast<int>(common_name.size()), -1, 0) == 1);
  return certificate;
}

void sign(const Certificate& certificate, const Pkey& key) {
  must(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
}

// A NUL or a control character in a name means one thing to us and another to its reader.
bool plain(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f; });
}

bool add_name(GENERAL_NAMES& names, int type, std::string_view text) {
  if (!plain(text)) return false;
  std::string value(text);
  GeneralName name(a2i_GENERAL_NAME(nullptr, nullptr, nullptr, type, value.c_str(), 0));
  return name && sk_GENERAL_NAME_push(&names, name.get()) > 0 && name.release();
}

bool add_alternative_names(X509& certificate, const LeafNames& wanted) {
  GeneralNames names(GENERAL_NAMES_new());
  must(names != nullptr);
  for (const std::string& dns : wanted.dns)
    if (!add_name(*names, GEN_DNS, dns)) return false;
  for (const std::string& ip : wanted.ip)
    if (!add_name(*names, GEN_IPADD, ip)) return false;
  if (!wanted.uri.empty() && !add_name(*names, GEN_URI, wanted.uri)) return false;
  if (sk_GENERAL_NAME_num(names.get()) == 0) return false;  // nobody could match it
  must(X509_add1_ext_i2d(&certificate, NID_subject_alt_name, names.get(), 0, 0) == 1);
  return true;
}

}  // namespace

CertificatePair make_authority(std::string_view common_name, WallTime now, Milliseconds lifetime) {
  Pkey key(EVP_EC_gen("P-256"));
  must(key != nullptr);
  Certificate certificate = blank(key, common_name, now, now + lifetime);
  must(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) == 1);
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate.get(), certificate.get(), nullptr, nullptr, 0);
  add_extension(*certificate, context, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(*certificate, context, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(*certificate, context, NID_subject_key_identifier, "hash");
  sign(certificate, key);
  return {to_pem(certificate), to_pem(key)};
}

Result<CertificatePair> make_leaf(const CertificatePair& authority, const LeafNames& names, WallTime now,
                                  Milliseconds lifetime) {
  const char* doing = "make certificate";
  ErrorQueueGuard errors;
  Certificate issuer = read_certificate(authority.certificate);
  Pkey issuer_key = read_key(authority.key);
  if (!issuer || !issuer_key || X509_check_private_key(issuer.get(), issuer_key.get()) != 1)
    return fail(Code::invalid, doing, "the authority's certificate and key do not match");
  auto issuer_expiry = expiry_of(issuer);
  if (!issuer_expiry || *issuer_expiry <= now) return fail(Code::invalid, doing, "the authority has expired");
  if (!plain(names.common_name) || names.common_name.size() > ub_common_name)
    return fail(Code::invalid, doing, "common name");

  Pkey key(EVP_EC_gen("P-256"));
  must(key != nullptr);
  Certificate leaf = blank(key, names.common_name, now, std::min(now + lifetime, *issuer_expiry));
  must(X509_set_issuer_name(leaf.get(), X509_get_subject_name(issuer.get())) == 1);
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer.get(), leaf.get(), nullptr, nullptr, 0);
  add_extension(*leaf, context, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(*leaf, context, NID_key_usage, "critical,digitalSignature");
  add_extension(*leaf, context, NID_ext_key_usage, "serverAuth,clientAuth");
  add_extension(*leaf, context, NID_subject_key_identifier, "hash");
  add_extension(*leaf, context, NID_authority_key_identifier, "keyid:always");
  if (!add_alternative_names(*leaf, names)) return fail(Code::invalid, doing, "alternative names");
  sign(leaf, issuer_key);
  return CertificatePair{to_pem(leaf), to_pem(key)};
}

Result<std::string> certificate_thumbprint(std::string_view pem) {
  ErrorQueueGuard errors;
  Certificate certificate = read_certificate(pem);
  if (!certificate) return fail(Code::invalid, "read certificate", "not a PEM certificate");
  std::string digest(32, '\0');
  must(X509_digest(certificate.get(), EVP_sha256(), data_of(digest), nullptr) == 1);
  return to_base64url(digest);
}

Result<WallTime> certificate_expiry(std::string_view pem) {
  ErrorQueueGuard errors;
  Certificate certificate = read_certificate(pem);
  auto expiry = certificate ? expiry_of(certificate) : std::nullopt;
  if (!expiry) return fail(Code::invalid, "read certificate", "not a PEM certificate");
  return *expiry;
}

bool issued_by(std::string_view leaf_pem, std::string_view authority_pem) {
  ErrorQueueGuard errors;
  Certificate leaf = read_certificate(leaf_pem), authority = read_certificate(authority_pem);
  if (!leaf || !authority) return false;
  // The first compares names, key identifiers and the right to sign; only the second looks at the signature.
  return X509_check_issued(authority.get(), leaf.get()) == X509_V_OK &&
         X509_verify(leaf.get(), X509_get0_pubkey(authority.get())) == 1;
}

}  // namespace foundation::crypto
