#include "foundation/jwt/internal_token.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>

#include "foundation/crypto/encoding.h"
#include "foundation/json/value.h"
#include "foundation/jwt/jws.h"

namespace foundation::jwt {
namespace {

constexpr std::size_t kPayloadDepth = 8;
constexpr std::size_t kThumbprintBytes = 32;
constexpr std::int64_t kMaxSeconds = 253'402'300'799;  // the year 9999
// What kMaxTokenBytes leaves beside two dots, 64 bytes of signature and a header with the longest kid, in base64url.
constexpr std::size_t kMaxPayloadBytes = 2800;

const HeaderPolicy& policy() {
  static const HeaderPolicy kPolicy{.algorithms = {"ES256"}, .typ = kInternalType};
  return kPolicy;
}

bool visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

// Reads claims one by one and keeps the name of the first that is missing or wrong.
class Claims {
 public:
  explicit Claims(const json::Object& object) : object_(&object) {}

  const std::string& wrong() const { return wrong_; }
  void refuse(std::string_view name) {
    if (wrong_.empty()) wrong_ = name;
  }

  std::string name(std::string_view claim) { return name_in(*object_, claim, claim); }
  std::string inner_name(std::string_view claim, std::string_view member) {
    const json::Value* value = object_->if_contains(claim);
    if (value && value->is_object()) return name_in(value->get_object(), member, claim);
    refuse(claim);
    return {};
  }
  void equals(std::string_view claim, std::string_view wanted) {
    if (name(claim) != wanted) refuse(claim);
  }
  std::int64_t integer(std::string_view claim, std::int64_t min, std::int64_t max) {
    const json::Value* value = object_->if_contains(claim);
    if (value && value->is_int64() && value->get_int64() >= min && value->get_int64() <= max) return value->get_int64();
    refuse(claim);
    return min;
  }
  WallTime time(std::string_view claim) { return WallTime(std::chrono::seconds(integer(claim, 1, kMaxSeconds))); }
  std::vector<std::string> words(std::string_view claim);
  std::vector<RoleClaim> roles(std::string_view claim);

 private:
  std::string name_in(const json::Object& object, std::string_view member, std::string_view claim) {
    const json::Value* value = object.if_contains(member);
    if (value && value->is_string()) {
      std::string_view text = value->get_string();
      if (!text.empty() && text.size() <= kMaxNameBytes && visible(text)) return std::string(text);
    }
    refuse(claim);
    return {};
  }

  const json::Object* object_;
  std::string wrong_;
};

// RFC 8693's scope: words with one space between them; here also none at all.
std::vector<std::string> Claims::words(std::string_view claim) {
  const json::Value* value = object_->if_contains(claim);
  if (!value || !value->is_string()) {
    refuse(claim);
    return {};
  }
  std::string_view rest = value->get_string();
  std::vector<std::string> words;
  for (bool more = !rest.empty(); more;) {
    std::size_t end = rest.find(' ');
    std::string_view word = rest.substr(0, end);
    if (word.empty() || word.size() > kMaxNameBytes || !visible(word) || words.size() == kMaxScopes) refuse(claim);
    if (!wrong_.empty()) return {};
    words.emplace_back(word);
    more = end != rest.npos;
    if (more) rest.remove_prefix(end + 1);
  }
  return words;
}

std::vector<RoleClaim> Claims::roles(std::string_view claim) {
  const json::Value* value = object_->if_contains(claim);
  if (!value || !value->is_array() || value->get_array().size() > kMaxRoles) {
    refuse(claim);
    return {};
  }
  std::vector<RoleClaim> roles;
  for (const json::Value& item : value->get_array()) {
    const json::Value* project = item.is_object() ? item.get_object().if_contains("project") : nullptr;
    if (!project) {
      refuse(claim);
      return {};
    }
    RoleClaim role{.role = name_in(item.get_object(), "role", claim), .project = std::nullopt};
    if (!project->is_null()) role.project = name_in(item.get_object(), "project", claim);
    roles.push_back(std::move(role));
  }
  return roles;
}

InternalClaims read_claims(Claims& claims) {
  claims.equals("iss", kInternalIssuer);
  claims.equals("aud", kInternalAudience);
  claims.integer("ver", std::max(1, kInternalVersion - 1), kInternalVersion);
  InternalClaims read;
  read.subject = claims.name("sub");
  read.actor = claims.inner_name("act", "sub");
  read.organization = claims.name("org_id");
  read.workspace = claims.name("workspace_id");
  read.roles = claims.roles("roles");
  read.scope = claims.words("scope");
  read.turn = claims.name("turn");
  read.jti = claims.name("jti");
  read.issued_at = claims.time("iat");
  read.not_before = claims.time("nbf");
  read.expires_at = claims.time("exp");
  read.peer_thumbprint = claims.inner_name("cnf", "x5t#S256");
  auto digest = crypto::from_base64url(read.peer_thumbprint);
  if (!digest || digest->size() != kThumbprintBytes) claims.refuse("cnf");
  return read;
}

void check_times(const InternalClaims& read, WallTime now, Claims& claims) {
  Milliseconds lifetime = read.expires_at - read.issued_at;
  if (lifetime <= Milliseconds(0) || lifetime > kMaxLifetime) claims.refuse("lifetime");
  if (read.issued_at > now + kSkew) claims.refuse("iat");
  if (read.not_before > now + kSkew) claims.refuse("nbf");
  if (now >= read.expires_at + kSkew) claims.refuse("exp");
}

std::int64_t seconds(WallTime at) { return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count(); }

json::Object to_object(const InternalClaims& claims) {
  std::string scope;
  for (const std::string& word : claims.scope) scope += (scope.empty() ? "" : " ") + word;
  return {{"iss", kInternalIssuer},
          {"aud", kInternalAudience},
          {"sub", claims.subject},
          {"act", {{"sub", claims.actor}}},
          {"org_id", claims.organization},
          {"workspace_id", claims.workspace},
          {"roles", json::Array()},
          {"scope", scope},
          {"turn", claims.turn},
          {"jti", claims.jti},
          {"iat", seconds(claims.issued_at)},
          {"nbf", seconds(claims.not_before)},
          {"exp", seconds(claims.expires_at)},
          {"ver", kInternalVersion},
          {"cnf", {{"x5t#S256", claims.peer_thumbprint}}}};
}

json::Object to_object(const RoleClaim& role) {
  return {{"role", role.role}, {"project", role.project ? json::Value(*role.project) : json::Value(nullptr)}};
}

std::string payload_of(const InternalClaims& claims) {
  json::Object payload = to_object(claims);
  std::size_t size = json::to_text(payload).size();
  if (size > kMaxPayloadBytes) std::abort();  // ids and scopes are ours and bounded where they are made
  json::Array& roles = payload["roles"].get_array();
  for (const RoleClaim& role : claims.roles) {
    json::Object object = to_object(role);
    size += json::to_text(object).size() + 1;  // its comma
    if (size > kMaxPayloadBytes || roles.size() == kMaxRoles) break;
    roles.emplace_back(std::move(object));
  }
  return json::to_text(payload);
}

std::unexpected<TokenRefusal> refuse(std::string reason) { return std::unexpected(TokenRefusal{std::move(reason)}); }

}  // namespace

Secret mint_internal(const InternalClaims& claims, const crypto::PrivateKey& key, std::string_view kid) {
  return Secret(sign(key, kid, kInternalType, payload_of(claims)));
}

std::expected<InternalClaims, TokenRefusal> verify_internal(std::string_view token, const KeySet& keys, WallTime now) {
  auto parts = split(token, policy());
  if (!parts) return refuse(std::move(parts.error().cause));
  const NamedKey* named = keys.find(parts->header.kid);
  if (!named) return refuse("kid_unknown");
  if (named->algorithm != crypto::Algorithm::es256) return refuse("alg");
  if (!named->key.verify(crypto::Algorithm::es256, parts->signed_part, parts->signature)) return refuse("signature");
  auto payload = json::parse_strict(parts->payload, {.bytes = kMaxTokenBytes, .depth = kPayloadDepth});
  if (!payload || !payload->is_object()) return refuse("claims");
  Claims claims(payload->get_object());
  InternalClaims read = read_claims(claims);
  if (claims.wrong().empty()) check_times(read, now, claims);
  if (!claims.wrong().empty()) return refuse(claims.wrong());
  return read;
}

std::optional<std::string_view> bearer_token(std::string_view header_value) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!header_value.starts_with(kScheme)) return std::nullopt;
  std::string_view token = header_value.substr(kScheme.size());
  // RFC 6750's b64token without its padding, which no token of ours has.
  auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~+/").find(c) != std::string_view::npos;
  };
  if (token.empty() || token.size() > kMaxTokenBytes || !std::ranges::all_of(token, allowed)) return std::nullopt;
  return token;
}

}  // namespace foundation::jwt
