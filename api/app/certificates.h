// The two services' certificates in data/pki: a CA (10 years) and one leaf a service (90 days, renewed at start under
// 30). Idempotent. AIOps gets ca.crt and its own pair, never the CA's key.
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

}  // namespace api::app
