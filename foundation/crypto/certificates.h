// X.509 for the two services' mutual TLS: a small CA and leaves with serverAuth and clientAuth. PEM in, PEM out.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/error.h"
#include "foundation/base/secret.h"

namespace foundation::crypto {

struct CertificatePair {
  std::string certificate;  // PEM
  Secret key;               // PEM, PKCS #8
};

struct LeafNames {
  std::string common_name;
  std::vector<std::string> dns;
  std::vector<std::string> ip;
  std::string uri;  // the workload id: "spiffe://hks/ai-ops"
};

CertificatePair make_authority(std::string_view common_name, WallTime now, Milliseconds lifetime);
Result<CertificatePair> make_leaf(const CertificatePair& authority, const LeafNames& names, WallTime now,
                                  Milliseconds lifetime);

// base64url(SHA-256(DER)) of the first certificate in the PEM: RFC 8705's x5t#S256.
Result<std::string> certificate_thumbprint(std::string_view pem);
Result<WallTime> certificate_expiry(std::string_view pem);
// The leaf was signed by that authority.
bool issued_by(std::string_view leaf_pem, std::string_view authority_pem);

}  // namespace foundation::crypto
