#include "foundation/crypto/key_material.h"

namespace foundation::crypto {
namespace {

constexpr Scheme kSchemes[] = {
    {Algorithm::es256, "ES256", KeyKind::p256, EVP_sha256},
    {Algorithm::rs256, "RS256", KeyKind::rsa, EVP_sha256},
    {Algorithm::ps256, "PS256", KeyKind::rsa, EVP_sha256, true},
    {Algorithm::eddsa, "EdDSA", KeyKind::ed25519, nullptr},
};

}  // namespace

const Scheme& scheme_of(Algorithm algorithm) {
  for (const Scheme& scheme : kSchemes)
    if (scheme.algorithm == algorithm) return scheme;
  std::abort();
}

std::string_view to_string(Algorithm algorithm) { return scheme_of(algorithm).name; }

std::optional<Algorithm> parse_algorithm(std::string_view name) {
  for (const Scheme& scheme : kSchemes)
    if (scheme.name == name) return scheme.algorithm;
  return std::nullopt;
}

}  // namespace foundation::crypto
