#include "ai-ops/app/identity.h"

#include "foundation/base/files.h"
#include "foundation/crypto/certificates.h"

namespace ai_ops::app {

using foundation::Result;
using foundation::Secret;
namespace http = foundation::http;

Result<Identity> open_identity(const std::filesystem::path& pki, const std::string& control_plane) {
  auto authority = foundation::read_file(pki / "ca.crt");
  if (!authority) return std::unexpected(authority.error());
  auto certificate = foundation::read_file(pki / "ai-ops.crt");
  if (!certificate) return std::unexpected(certificate.error());
  auto key = foundation::read_file(pki / "ai-ops.key");
  if (!key) return std::unexpected(key.error());
  auto thumbprint = foundation::crypto::certificate_thumbprint(*certificate);
  if (!thumbprint) return std::unexpected(thumbprint.error());
  http::TlsIdentity identity{std::move(*certificate), Secret(std::move(*key))};
  auto server = http::TlsServer::create(identity, *authority, control_plane);
  if (!server) return std::unexpected(server.error());
  auto client = http::TlsClient::create({.authority_pem = std::move(*authority),
                                         .identity = std::move(identity),
                                         .server_name = {},
                                         .allow_tls12 = false});
  if (!client) return std::unexpected(client.error());
  return Identity{std::move(*server), std::move(*client), std::move(*thumbprint)};
}

}  // namespace ai_ops::app
