// This workload's certificate: what it shows to the control plane in both directions, and what the tokens of its turns
// are bound to. The control plane writes the files; until they are all there and fit together, opening fails.
#pragma once
#include <filesystem>
#include <string>

#include "foundation/http/tls.h"

namespace ai_ops::app {

struct Identity {
  foundation::http::TlsServer server;  // speaks with the control plane alone
  foundation::http::TlsClient client;
  std::string thumbprint;  // x5t#S256
};

// `control_plane`: the workload id in the certificate that a client must show.
foundation::Result<Identity> open_identity(const std::filesystem::path& pki, const std::string& control_plane);

}  // namespace ai_ops::app
