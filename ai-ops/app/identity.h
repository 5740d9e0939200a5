// This workload's certificate: what it shows to the control plane in both directions, and what the tokens of its turns
// are bound to. The control plane writes the files; until they are all there and fit together, opening fails.
#pragma once
#include <filesystem>
#include <string>

#include "foundation/http/tls.h"

namespace ai_ops::app {

struct Identity {
  foundation::http::TlsServer server;  // asks every client for a certificate of the same authority
  foundation::http::TlsClient client;
  std::string thumbprint;  // x5t#S256
};

foundation::Result<Identity> open_identity(const std::filesystem::path& pki);

}  // namespace ai_ops::app
