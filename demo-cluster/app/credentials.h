// Who may speak to the demo cluster: one administrator, by bearer token or by client certificate; and what proves the
// server. The authority and the token live in the data folder, so that a kubeconfig stays good over a restart.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "foundation/base/clock.h"
#include "foundation/base/secret.h"
#include "foundation/crypto/certificates.h"

namespace demo_cluster::app {

struct Credentials {
  std::string authority_pem;
  foundation::crypto::CertificatePair server;
  foundation::crypto::CertificatePair admin;
  foundation::Secret token;
};

// Reads or makes them; without a folder they last as long as the process.
foundation::Result<Credentials> open_credentials(const std::optional<std::filesystem::path>& folder,
                                                 foundation::WallTime now);

// A kubeconfig with the token, or with the client certificate.
std::string token_kubeconfig(const std::string& server_url, const Credentials& credentials);
std::string certificate_kubeconfig(const std::string& server_url, const Credentials& credentials);

}  // namespace demo_cluster::app
