#include "demo-cluster/app/credentials.h"

#include <fmt/format.h>

#include <algorithm>

#include "foundation/base/files.h"
#include "foundation/crypto/digest.h"
#include "foundation/crypto/encoding.h"

namespace demo_cluster::app {
namespace {

using foundation::Milliseconds;
using foundation::Result;
using foundation::Secret;
using foundation::WallTime;
using foundation::crypto::CertificatePair;

constexpr Milliseconds kAuthorityLife = std::chrono::hours(24 * 3650);
constexpr Milliseconds kLeafLife = std::chrono::hours(24 * 365);  // made anew at each start
constexpr std::size_t kTokenBytes = 32;

struct Root {
  CertificatePair authority;
  Secret token;
};

Root make_root(WallTime now) {
  return {foundation::crypto::make_authority("hks-demo-cluster", now, kAuthorityLife),
          Secret(foundation::crypto::to_base64url(foundation::crypto::random_bytes(kTokenBytes)))};
}

Result<Root> read_root(const std::filesystem::path& folder) {
  auto certificate = foundation::read_file(folder / "ca.crt");
  if (!certificate) return std::unexpected(certificate.error());
  auto key = foundation::read_file(folder / "ca.key");
  if (!key) return std::unexpected(key.error());
  auto token = foundation::read_file(folder / "admin.token");
  if (!token) return std::unexpected(token.error());
  return Root{{std::move(*certificate), Secret(std::move(*key))}, Secret(std::move(*token))};
}

foundation::Done write_root(const std::filesystem::path& folder, const Root& root) {
  if (auto done = foundation::make_private_folder(folder); !done) return done;
  if (auto done = foundation::replace_file(folder / "ca.crt", root.authority.certificate); !done) return done;
  if (auto done = foundation::replace_file(folder / "ca.key", root.authority.key.reveal()); !done) return done;
  return foundation::replace_file(folder / "admin.token",
                                  root.token.reveal());  // last: its presence says that all is there
}

Result<Root> open_root(const std::optional<std::filesystem::path>& folder, WallTime now) {
  if (!folder) return make_root(now);
  auto pki = *folder / "pki";
  if (std::filesystem::exists(pki / "admin.token")) return read_root(pki);
  auto root = make_root(now);
  if (auto written = write_root(pki, root); !written) return std::unexpected(written.error());
  return root;
}

// RFC 4648 section 4, as kubeconfigs carry.
std::string base64(std::string_view bytes) {
  auto text = foundation::crypto::to_base64url(bytes);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  return text + std::string((4 - text.size() % 4) % 4, '=');
}

std::string kubeconfig(const std::string& server_url, const Credentials& credentials, const std::string& user) {
  return fmt::format(R"(apiVersion: v1
kind: Config
current-context: demo
clusters:
- name: demo
  cluster:
    server: {}
    certificate-authority-data: {}
users:
- name: admin
  user:
{}contexts:
- name: demo
  context: {{cluster: demo, user: admin, namespace: shop}}
)",
                     server_url, base64(credentials.authority_pem), user);
}

}  // namespace

Result<Credentials> open_credentials(const std::optional<std::filesystem::path>& folder, WallTime now) {
  auto root = open_root(folder, now);
  if (!root) return std::unexpected(root.error());
  auto server = foundation::crypto::make_leaf(
      root->authority,
      {.common_name = "kubernetes", .dns = {"localhost", "kubernetes"}, .ip = {"127.0.0.1", "::1"}, .uri = {}}, now,
      kLeafLife);
  if (!server) return std::unexpected(server.error());
  auto admin = foundation::crypto::make_leaf(
      root->authority, {.common_name = "admin", .dns = {}, .ip = {}, .uri = "spiffe://hks/demo-admin"}, now, kLeafLife);
  if (!admin) return std::unexpected(admin.error());
  return Credentials{root->authority.certificate, std::move(*server), std::move(*admin), root->token};
}

std::string token_kubeconfig(const std::string& server_url, const Credentials& credentials) {
  return kubeconfig(server_url, credentials, fmt::format("    token: {}\n", credentials.token.reveal()));
}

std::string certificate_kubeconfig(const std::string& server_url, const Credentials& credentials) {
  return kubeconfig(server_url, credentials,
                    fmt::format("    client-certificate-data: {}\n    client-key-data: {}\n",
                                base64(credentials.admin.certificate), base64(credentials.admin.key.reveal())));
}

}  // namespace demo_cluster::app
