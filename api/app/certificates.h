// The two services' certificates in data/pki: a CA (10 years) and one leaf a service (90 days, renewed at start under
// 30). Idempotent. AIOps gets ca.crt and its own pair, never the CA's key. Or those of a folder that somebody else
// keeps, as a Secret of a cluster is.
#pragma once
#include <filesystem>

#include "foundation/base/clock.h"
#include "foundation/http/tls.h"

namespace api::app {

struct Certificates {
  std::string authority_pem;
  foundation::http::TlsIdentity control_plane;
};

foundation::Result<Certificates> ensure_certificates(const std::filesystem::path& pki, foundation::WallTime now);
// ca.crt, control-plane.crt and control-plane.key, made by an earlier ensure_certificates(); nothing is written.
foundation::Result<Certificates> read_certificates(const std::filesystem::path& pki);

}  // namespace api::app
