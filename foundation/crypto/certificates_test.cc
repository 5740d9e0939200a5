#include "foundation/crypto/certificates.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "foundation/crypto/digest.h"
#include "foundation/crypto/encoding.h"
#include "foundation/crypto/keys.h"
#include "foundation/crypto/openssl_handles.h"

namespace foundation::crypto {
namespace {

using Store = Handle<X509_STORE, X509_STORE_free>;
using StoreContext = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;

const WallTime kNow{Milliseconds(1'767'323'045'678)};
constexpr Milliseconds kDay = std::chrono::days(1);
const LeafNames kNames{"ai-ops-svc", {"localhost", "ai-ops-svc"}, {"127.0.0.1", "::1"}, "spiffe://hks/ai-ops"};

const CertificatePair& authority() {
  static const CertificatePair kAuthority = make_authority("hks", kNow, 3650 * kDay);
  return kAuthority;
}

Certificate read(const std::string& pem) {
  return Certificate(PEM_read_bio_X509(open_bio(pem).get(), nullptr, no_pass_phrase, nullptr));
}

// What a TLS peer would do with it.
bool trusted(const CertificatePair& leaf, int purpose, const char* host, WallTime at) {
  Store store(X509_STORE_new());
  StoreContext context(X509_STORE_CTX_new());
  Certificate root = read(authority().certificate), certificate = read(leaf.certificate);
  must(X509_STORE_add_cert(store.get(), root.get()) == 1);
  must(X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr) == 1);
  must(X509_STORE_CTX_set_purpose(context.get(), purpose) == 1);
  X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(wanted, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_time(wanted, std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
  if (host) must(X509_VERIFY_PARAM_set1_host(wanted, host, 0) == 1);
  return X509_verify_cert(context.get()) == 1;
}

TEST(Certificates, ALeafServesAndCallsUnderItsNames) {
  auto leaf = make_leaf(authority(), kNames, kNow, 90 * kDay);
  ASSERT_TRUE(leaf);
  EXPECT_TRUE(trusted(*leaf, X509_PURPOSE_SSL_SERVER, "localhost", kNow));
  EXPECT_TRUE(trusted(*leaf, X509_PURPOSE_SSL_SERVER, "ai-ops-svc", kNow));
  EXPECT_TRUE(trusted(*leaf, X509_PURPOSE_SSL_CLIENT, nullptr, kNow));
  EXPECT_FALSE(trusted(*leaf, X509_PURPOSE_SSL_SERVER, "hks-control-plane-svc", kNow));
  Certificate certificate = read(leaf->certificate);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "10.0.0.1", 0), 0);
  EXPECT_EQ(X509_check_ca(certificate.get()), 0);
}

TEST(Certificates, ALeafCarriesItsWorkloadId) {
  auto leaf = make_leaf(authority(), kNames, kNow, 90 * kDay);
  ASSERT_TRUE(leaf);
  Certificate certificate = read(leaf->certificate);
  Handle<GENERAL_NAMES, GENERAL_NAMES_free> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  ASSERT_TRUE(names);
  std::string uri;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    auto* value = static_cast<ASN1_STRING*>(GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type));
    if (type == GEN_URI)
      uri.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)), ASN1_STRING_length(value));
  }
  EXPECT_EQ(uri, "spiffe://hks/ai-ops");
}

TEST(Certificates, TheKeyIsTheLeafs) {
  auto leaf = make_leaf(authority(), kNames, kNow, 90 * kDay);
  ASSERT_TRUE(leaf);
  auto key = PrivateKey::from_pem(leaf->key);
  ASSERT_TRUE(key);
  Pkey pkey(PEM_read_bio_PrivateKey(open_bio(leaf->key.reveal()).get(), nullptr, no_pass_phrase, nullptr));
  EXPECT_EQ(X509_check_private_key(read(leaf->certificate).get(), pkey.get()), 1);
}

TEST(Certificates, ExpireWhenTheySaid) {
  auto leaf = make_leaf(authority(), kNames, kNow, 90 * kDay);
  ASSERT_TRUE(leaf);
  WallTime expiry = certificate_expiry(leaf->certificate).value();
  EXPECT_EQ(expiry, std::chrono::floor<std::chrono::seconds>(kNow + 90 * kDay));
  EXPECT_TRUE(trusted(*leaf, X509_PURPOSE_SSL_CLIENT, nullptr, expiry - std::chrono::seconds(1)));
  EXPECT_FALSE(trusted(*leaf, X509_PURPOSE_SSL_CLIENT, nullptr, expiry + std::chrono::seconds(1)));
  EXPECT_TRUE(trusted(*leaf, X509_PURPOSE_SSL_CLIENT, nullptr, kNow - std::chrono::minutes(4)));
  EXPECT_FALSE(trusted(*leaf, X509_PURPOSE_SSL_CLIENT, nullptr, kNow - std::chrono::minutes(6)));
}

TEST(Certificates, ALeafNeverOutlivesItsAuthority) {
  auto leaf = make_leaf(authority(), kNames, kNow, 9999 * kDay);
  EXPECT_EQ(certificate_expiry(leaf->certificate).value(), certificate_expiry(authority().certificate).value());
  EXPECT_FALSE(make_leaf(authority(), kNames, kNow + 3651 * kDay, kDay));
}

TEST(Certificates, IssuedByLooksAtTheSignature) {
  auto leaf = make_leaf(authority(), kNames, kNow, 90 * kDay);
  ASSERT_TRUE(leaf);
  CertificatePair namesake = make_authority("hks", kNow, 3650 * kDay);
  auto forged = make_leaf(namesake, kNames, kNow, 90 * kDay);
  EXPECT_TRUE(issued_by(leaf->certificate, authority().certificate));
  EXPECT_FALSE(issued_by(forged->certificate, authority().certificate));
  EXPECT_FALSE(issued_by(leaf->certificate, namesake.certificate));
  EXPECT_FALSE(issued_by(authority().certificate, leaf->certificate));
  EXPECT_FALSE(issued_by(leaf->certificate, leaf->certificate));
  EXPECT_FALSE(issued_by("", authority().certificate));
  EXPECT_FALSE(issued_by(leaf->certificate, "nonsense"));
}

TEST(Certificates, ThumbprintIsTheDigestOfTheFirst) {
  auto leaf = make_leaf(authority(), kNames, kNow, 90 * kDay);
  ASSERT_TRUE(leaf);
  unsigned char* out = nullptr;
  int size = i2d_X509(read(leaf->certificate).get(), &out);
  std::string der(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  EXPECT_EQ(certificate_thumbprint(leaf->certificate).value(), to_base64url(sha256(der)));
  EXPECT_EQ(certificate_thumbprint(leaf->certificate + authority().certificate).value(),
            certificate_thumbprint(leaf->certificate).value());
}

TEST(Certificates, NonsenseIsRefused) {
  for (const char* bad : {"", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    EXPECT_FALSE(certificate_thumbprint(bad)) << bad;
    EXPECT_FALSE(certificate_expiry(bad)) << bad;
  }
}

TEST(Certificates, BadNamesAndAuthoritiesAreRefused) {
  auto with = [](auto change) {
    LeafNames names = kNames;
    change(names);
    return make_leaf(authority(), names, kNow, kDay).has_value();
  };
  EXPECT_TRUE(with([](LeafNames&) {}));
  EXPECT_FALSE(with([](LeafNames& n) { n.common_name = ""; }));
  EXPECT_FALSE(with([](LeafNames& n) { n.common_name = std::string(65, 'a'); }));
  EXPECT_FALSE(with([](LeafNames& n) { n.common_name = "a\nb"; }));
  EXPECT_FALSE(with([](LeafNames& n) { n.dns.push_back(""); }));
  EXPECT_FALSE(with([](LeafNames& n) { n.dns.push_back(std::string("good\0.evil", 10)); }));
  EXPECT_FALSE(with([](LeafNames& n) { n.ip.push_back("localhost"); }));
  EXPECT_FALSE(with([](LeafNames& n) { n = {.common_name = "x", .dns = {}, .ip = {}, .uri = {}}; }));
  EXPECT_FALSE(make_leaf({authority().certificate, make_authority("hks", kNow, kDay).key}, kNames, kNow, kDay));
  EXPECT_FALSE(make_leaf({"", Secret()}, kNames, kNow, kDay));
}

}  // namespace
}  // namespace foundation::crypto
