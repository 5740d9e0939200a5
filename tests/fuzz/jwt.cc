// The Internal JWT. The input is a token as it is; and a header, a line feed and a payload, which the right key signs,
// so that the reader is fuzzed behind the signature too.
#include <algorithm>
#include <string>

#include "foundation/jwt/forge.h"
#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {
namespace {

namespace forge = foundation::jwt::forge;
using foundation::jwt::InternalClaims, foundation::jwt::KeySet, foundation::jwt::verify_internal;

const KeySet& keys() {
  static const KeySet set(
      {{std::string(forge::kKid), foundation::crypto::Algorithm::es256, forge::issuer_key().public_key()}});
  return set;
}

bool is_name(std::string_view text) {
  auto visible = [](char c) { return c > ' ' && c < 0x7f; };
  return !text.empty() && text.size() <= foundation::jwt::kMaxNameBytes && std::ranges::all_of(text, visible);
}

void claims_laws(const InternalClaims& claims) {
  using namespace foundation::jwt;
  auto lifetime = claims.expires_at - claims.issued_at;
  must(lifetime.count() > 0 && lifetime <= kMaxLifetime, "a token lives for a bounded time");
  must(claims.issued_at <= forge::kNow + kSkew && claims.not_before <= forge::kNow + kSkew, "no token of the future");
  must(forge::kNow < claims.expires_at + kSkew, "no token of the past");
  must(claims.roles.size() <= kMaxRoles && claims.scope.size() <= kMaxScopes, "a token's lists are bounded");
  for (const auto& name :
       {claims.subject, claims.actor, claims.organization, claims.workspace, claims.turn, claims.jti})
    must(is_name(name), "a token's names are visible and bounded", name);
  for (const auto& role : claims.roles) must(is_name(role.role) && (!role.project || is_name(*role.project)), "roles");
  for (const auto& scope : claims.scope) must(is_name(scope), "scopes");
}

// One character of it replaced, the place taken from the payload: no longer a token.
void no_other_text_is_it(std::string token, std::string_view payload) {
  std::size_t sum = 0;
  for (unsigned char c : payload) sum = sum * 31 + c;
  char& at = token[sum % token.size()];
  at = at == 'A' ? 'B' : 'A';
  must(!verify_internal(token, keys(), forge::kNow), "a token with one character replaced is none", token);
}

}  // namespace

void jwt(std::string_view input) {
  must(!verify_internal(input, keys(), forge::kNow), "nobody else can sign a token", input);
  auto [header, payload] = first_line(input);
  auto token = forge::token(header, payload);
  auto claims = verify_internal(token, keys(), forge::kNow);
  if (!claims) {
    must(!claims.error().reason.empty(), "a refusal has a reason");
    return;
  }
  must(header == forge::kHeader || header.size() >= forge::kHeader.size(), "a header says all three members", header);
  claims_laws(*claims);
  no_other_text_is_it(token, payload);
}

}  // namespace fuzz
