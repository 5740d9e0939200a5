#include "foundation/jwt/jws.h"

#include <algorithm>
#include <optional>

#include "foundation/crypto/encoding.h"
#include "foundation/json/value.h"

namespace foundation::jwt {
namespace {

// They would let a token choose its own key, or mean something that we do not implement.
constexpr std::string_view kForbidden[] = {"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip"};
constexpr std::size_t kHeaderDepth = 4;

std::unexpected<Error> refuse(const char* cause) { return fail(Code::unauthenticated, "verify token", cause); }

struct Parts {
  std::string_view header, payload, signature, signed_part;
};

std::optional<Parts> parts_of(std::string_view token, const HeaderPolicy& policy) {
  std::size_t first = token.find('.');
  std::size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return std::nullopt;
  Parts parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
              token.substr(0, second)};
  if (parts.header.empty() || parts.signature.empty()) return std::nullopt;
  if (parts.payload.empty() && !policy.empty_payload) return std::nullopt;
  return parts;
}

// Absent is "": a policy that wants the member cannot be satisfied by it. None when it is not a string.
std::optional<std::string> text_member(const json::Object& header, std::string_view name) {
  const json::Value* value = header.if_contains(name);
  if (!value) return "";
  if (!value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

bool members_allowed(const json::Object& header, const HeaderPolicy& policy) {
  if (!policy.exact_members)
    return std::ranges::none_of(kForbidden, [&](std::string_view name) { return header.contains(name); });
  bool typ = !policy.typ.empty();
  return header.size() == (typ ? 3u : 2u) && header.contains("alg") && header.contains("kid") &&
         (!typ || header.contains("typ"));
}

bool sound_kid(std::string_view kid) {
  return !kid.empty() && kid.size() <= kMaxKidBytes &&
         std::ranges::all_of(kid, [](char c) { return c > ' ' && c < 0x7f; });
}

Result<Header> read_header(std::string_view text, const HeaderPolicy& policy) {
  auto value = json::parse_strict(text, {.bytes = policy.max_bytes, .depth = kHeaderDepth});
  if (!value || !value->is_object() || !members_allowed(value->get_object(), policy)) return refuse("header");
  auto algorithm = text_member(value->get_object(), "alg");
  if (!algorithm || std::ranges::find(policy.algorithms, *algorithm) == policy.algorithms.end()) return refuse("alg");
  auto typ = text_member(value->get_object(), "typ");
  if (!typ || (!policy.typ.empty() && *typ != policy.typ)) return refuse("typ");
  auto kid = text_member(value->get_object(), "kid");
  if (!kid || !sound_kid(*kid)) return refuse("kid");
  return Header{std::move(*algorithm), std::move(*kid), std::move(*typ)};
}

}  // namespace

Result<Split> split(std::string_view token, const HeaderPolicy& policy) {
  if (token.size() > policy.max_bytes) return refuse("size");
  auto parts = parts_of(token, policy);
  if (!parts) return refuse("form");
  auto header_text = crypto::from_base64url(parts->header);
  auto payload = crypto::from_base64url(parts->payload);
  auto signature = crypto::from_base64url(parts->signature);
  if (!header_text || !payload || !signature) return refuse("form");
  auto header = read_header(*header_text, policy);
  if (!header) return std::unexpected(header.error());
  return Split{std::move(*header), parts->signed_part, std::move(*payload), std::move(*signature)};
}

Result<std::string> verify(std::string_view token, std::string_view algorithm, const SignatureCheck& right,
                           const HeaderPolicy& policy) {
  auto parts = split(token, policy);
  if (!parts) return std::unexpected(parts.error());
  if (parts->header.algorithm != algorithm) return refuse("alg");
  if (!right(parts->signed_part, parts->signature)) return refuse("signature");
  return std::move(parts->payload);
}

Result<std::string> verify(std::string_view token, const crypto::PublicKey& key, crypto::Algorithm algorithm,
                           const HeaderPolicy& policy) {
  auto right = [&](std::string_view signed_part, std::string_view signature) {
    return key.verify(algorithm, signed_part, signature);
  };
  return verify(token, to_string(algorithm), right, policy);
}

std::string sign(const crypto::PrivateKey& key, std::string_view kid, std::string_view typ, std::string_view payload) {
  std::string header = json::to_text(json::Object{{"alg", "ES256"}, {"kid", kid}, {"typ", typ}});
  std::string token = crypto::to_base64url(header) + "." + crypto::to_base64url(payload);
  return token + "." + crypto::to_base64url(key.sign(token));
}

}  // namespace foundation::jwt
