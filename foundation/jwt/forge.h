// For tests: internal tokens with any part replaced, signed by whichever key.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foundation/crypto/encoding.h"
#include "foundation/jwt/internal_token.h"
#include "foundation/jwt/jws.h"

namespace foundation::jwt::forge {

inline const WallTime kNow{Milliseconds(1'767'323'045'678)};
inline constexpr std::string_view kKid = "key-1";
inline const std::string kHeader = R"({"alg":"ES256","kid":"key-1","typ":"hks-internal+jwt"})";
inline const std::string kThumbprint = crypto::to_base64url(std::string(32, '\x5a'));

inline const crypto::PrivateKey& issuer_key() {
  static const crypto::PrivateKey kKey = crypto::PrivateKey::generate();
  return kKey;
}

inline InternalClaims claims() {
  InternalClaims claims;
  claims.subject = "erin";
  claims.actor = "spiffe://hks/ai-ops";
  claims.organization = "demo";
  claims.workspace = "shop";
  claims.roles = {{"editor", std::nullopt}, {"viewer", "shop"}};
  claims.scope = {"objects.read", "workloads.scale"};
  claims.turn = "0199b0c0-0000-7000-8000-000000000001";
  claims.jti = "0199b0c0-0000-7000-8000-000000000002";
  claims.issued_at = std::chrono::floor<std::chrono::seconds>(kNow);
  claims.not_before = claims.issued_at;
  claims.expires_at = claims.issued_at + kMaxLifetime;
  claims.peer_thumbprint = kThumbprint;
  return claims;
}

// A claims object as JSON text, member by member, so that a test can put there what no writer of ours would.
class Payload {
 public:
  Payload() {
    std::string now = std::to_string(seconds());
    members_ = {{"iss", R"("hexabase-control-plane")"},
                {"aud", R"("hexabase-aiops-service")"},
                {"sub", R"("erin")"},
                {"act", R"({"sub":"spiffe://hks/ai-ops"})"},
                {"org_id", R"("demo")"},
                {"workspace_id", R"("shop")"},
                {"roles", R"([{"role":"editor","project":null},{"role":"viewer","project":"shop"}])"},
                {"scope", R"("objects.read workloads.scale")"},
                {"turn", R"("0199b0c0-0000-7000-8000-000000000001")"},
                {"jti", R"("0199b0c0-0000-7000-8000-000000000002")"},
                {"iat", now},
                {"nbf", now},
                {"exp", std::to_string(seconds() + 300)},
                {"ver", "1"},
                {"cnf", R"({"x5t#S256":")" + kThumbprint + "\"}"}};
  }
  static std::int64_t seconds() { return std::chrono::floor<std::chrono::seconds>(kNow).time_since_epoch().count(); }
  Payload with(std::string_view name, std::string raw) && {
    for (auto& [member, value] : members_)
      if (member == name) value = raw;
    return std::move(*this);
  }
  Payload without(std::string_view name) && {
    std::erase_if(members_, [&](const auto& member) { return member.first == name; });
    return std::move(*this);
  }
  Payload adding(std::string name, std::string raw) && {  // also a second time
    members_.emplace_back(std::move(name), std::move(raw));
    return std::move(*this);
  }
  const std::vector<std::pair<std::string, std::string>>& members() const { return members_; }
  std::string text() const {
    std::string text;
    for (const auto& [name, value] : members_) text += (text.empty() ? "{\"" : ",\"") + name + "\":" + value;
    return text + "}";
  }

 private:
  std::vector<std::pair<std::string, std::string>> members_;
};

inline std::string signed_part(std::string_view header, std::string_view payload) {
  return crypto::to_base64url(header) + "." + crypto::to_base64url(payload);
}
inline std::string attach(std::string_view signed_part, std::string_view signature) {
  return std::string(signed_part) + "." + crypto::to_base64url(signature);
}
// Rightly signed: what is refused is refused for what it says.
inline std::string token(std::string_view header, std::string_view payload) {
  std::string part = signed_part(header, payload);
  return attach(part, issuer_key().sign(part));
}
inline std::string token(const Payload& payload) { return token(kHeader, payload.text()); }

}  // namespace foundation::jwt::forge
