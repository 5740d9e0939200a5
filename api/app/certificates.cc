#include "api/app/certificates.h"

#include "foundation/base/files.h"
#include "foundation/crypto/certificates.h"

namespace api::app {

using foundation::make_private_folder;
using foundation::Milliseconds;
using foundation::read_file;
using foundation::replace_file;
using foundation::Result;
using foundation::Secret;
using foundation::WallTime;
using foundation::crypto::CertificatePair;
using foundation::crypto::LeafNames;

namespace {

using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;
constexpr Days kAuthorityLife{3650}, kLeafLife{90}, kRenewUnder{30};

struct Service {
  const char* file;
  const char* dns;
  const char* workload;
};
constexpr Service kServices[] = {{"control-plane", "hks-control-plane-svc", "spiffe://hks/control-plane"},
                                 {"ai-ops", "ai-ops-svc", "spiffe://hks/ai-ops"}};

Result<CertificatePair> read_pair(const std::filesystem::path& pki, const std::string& name) {
  auto certificate = read_file(pki / (name + ".crt"));
  if (!certificate) return std::unexpected(certificate.error());
  auto key = read_file(pki / (name + ".key"));
  if (!key) return std::unexpected(key.error());
  return CertificatePair{std::move(*certificate), Secret(std::move(*key))};
}

foundation::Done write_pair(const std::filesystem::path& pki, const std::string& name, const CertificatePair& pair) {
  if (auto done = replace_file(pki / (name + ".key"), pair.key.reveal()); !done) return done;
  return replace_file(pki / (name + ".crt"), pair.certificate, foundation::FileAccess::everyone);
}

bool still_good(const CertificatePair& leaf, const CertificatePair& authority, WallTime now) {
  auto expiry = foundation::crypto::certificate_expiry(leaf.certificate);
  return expiry && *expiry > now + kRenewUnder &&
         foundation::crypto::issued_by(leaf.certificate, authority.certificate);
}

Result<CertificatePair> ensure_leaf(const std::filesystem::path& pki, const Service& service,
                                    const CertificatePair& authority, WallTime now) {
  auto leaf = read_pair(pki, service.file);
  if (leaf && still_good(*leaf, authority, now)) return leaf;
  std::string dns = service.dns;
  LeafNames names{.common_name = dns,
                  .dns = {"localhost", dns, dns + ".hexabase.svc", dns + ".ai-ops.svc"},
                  .ip = {"127.0.0.1"},
                  .uri = service.workload};
  leaf = foundation::crypto::make_leaf(authority, names, now, kLeafLife);
  if (!leaf) return leaf;
  if (auto done = write_pair(pki, service.file, *leaf); !done) return std::unexpected(done.error());
  return leaf;
}

}  // namespace

Result<Certificates> ensure_certificates(const std::filesystem::path& pki, WallTime now) {
  if (auto done = make_private_folder(pki); !done) return std::unexpected(done.error());
  auto authority = read_pair(pki, "ca");
  if (!authority) {
    authority = foundation::crypto::make_authority("HKS internal CA", now, kAuthorityLife);
    if (auto done = write_pair(pki, "ca", *authority); !done) return std::unexpected(done.error());
  }
  Certificates out{.authority_pem = authority->certificate, .control_plane = {}};
  for (const Service& service : kServices) {
    auto leaf = ensure_leaf(pki, service, *authority, now);
    if (!leaf) return std::unexpected(leaf.error());
    if (&service == &kServices[0]) out.control_plane = {leaf->certificate, leaf->key};
  }
  return out;
}

Result<Certificates> read_certificates(const std::filesystem::path& pki) {
  auto authority = read_file(pki / "ca.crt");
  if (!authority) return std::unexpected(authority.error());
  auto leaf = read_pair(pki, kServices[0].file);
  if (!leaf) return std::unexpected(leaf.error());
  return Certificates{std::move(*authority), {std::move(leaf->certificate), std::move(leaf->key)}};
}

}  // namespace api::app
