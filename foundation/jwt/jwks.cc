#include "foundation/jwt/jwks.h"

#include <algorithm>
#include <optional>

#include "foundation/crypto/digest.h"
#include "foundation/crypto/encoding.h"
#include "foundation/json/value.h"
#include "foundation/jwt/jws.h"

namespace foundation::jwt {
namespace {

using crypto::Algorithm;

// RFC 7518 section 6, RFC 8037 section 2. `k` is a symmetric key: it has no public half.
constexpr std::string_view kPrivateMembers[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

std::unexpected<Error> refuse(std::string why) { return fail(Code::invalid, "read key set", std::move(why)); }

std::string_view text_member(const json::Object& jwk, std::string_view name) {
  const json::Value* value = jwk.if_contains(name);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

// Empty where it is missing, which no key's maker takes.
std::string bytes_member(const json::Object& jwk, std::string_view name) {
  auto bytes = crypto::from_base64url(text_member(jwk, name));
  return bytes ? std::move(*bytes) : std::string();
}

bool is_for_verifying(const json::Object& jwk) {
  if (jwk.contains("use") && text_member(jwk, "use") != "sig") return false;
  const json::Value* operations = jwk.if_contains("key_ops");
  if (!operations) return true;
  return operations->is_array() && std::ranges::any_of(operations->get_array(), [](const json::Value& operation) {
           return operation.is_string() && operation.get_string() == "verify";
         });
}

Result<crypto::PublicKey> read_key(Algorithm algorithm, const json::Object& jwk) {
  std::string_view type = text_member(jwk, "kty"), curve = text_member(jwk, "crv");
  switch (algorithm) {
    case Algorithm::es256:
      if (type != "EC" || curve != "P-256") break;
      return crypto::PublicKey::from_ec(bytes_member(jwk, "x"), bytes_member(jwk, "y"));
    case Algorithm::eddsa:
      if (type != "OKP" || curve != "Ed25519") break;
      return crypto::PublicKey::from_ed25519(bytes_member(jwk, "x"));
    case Algorithm::rs256:
    case Algorithm::ps256:
      if (type != "RSA") break;
      return crypto::PublicKey::from_rsa(bytes_member(jwk, "n"), bytes_member(jwk, "e"));
  }
  return refuse("a key's type is not its algorithm's");
}

// None for a key to pass over.
Result<std::optional<NamedKey>> read_jwk(const json::Value& value) {
  if (!value.is_object()) return refuse("a key is not an object");
  const json::Object& jwk = value.get_object();
  for (std::string_view name : kPrivateMembers)
    if (jwk.contains(name)) return refuse("a key has private members");
  if (!is_for_verifying(jwk)) return std::nullopt;
  std::string_view kid = text_member(jwk, "kid"), name = text_member(jwk, "alg");
  if (kid.empty() || kid.size() > kMaxKidBytes) return refuse("kid is missing or too long");
  if (name.empty()) return refuse("alg is missing");
  auto algorithm = crypto::parse_algorithm(name);
  if (!algorithm) return std::nullopt;
  auto key = read_key(*algorithm, jwk);
  if (!key) return std::unexpected(key.error());
  return NamedKey{std::string(kid), *algorithm, std::move(*key)};
}

json::Object to_jwk(const NamedKey& named) {
  const crypto::PublicKey& key = named.key;
  json::Object jwk{{"kid", named.kid}, {"alg", crypto::to_string(named.algorithm)}, {"use", "sig"}};
  auto put = [&](const char* name, const std::string& bytes) {
    if (!bytes.empty()) jwk[name] = crypto::to_base64url(bytes);
  };
  jwk["kty"] = !key.modulus().empty() ? "RSA" : !key.y().empty() ? "EC" : "OKP";
  if (!key.x().empty()) jwk["crv"] = key.y().empty() ? "Ed25519" : "P-256";
  put("x", key.x());
  put("y", key.y());
  put("n", key.modulus());
  put("e", key.exponent());
  return jwk;
}

}  // namespace

Result<KeySet> KeySet::parse(std::string_view text) {
  auto document = json::parse_strict(text);
  if (!document) return fail_with("read key set", document.error());
  const json::Value* list = document->is_object() ? document->get_object().if_contains("keys") : nullptr;
  if (!list || !list->is_array()) return refuse("no array of keys");
  if (list->get_array().size() > kMaxKeys) return refuse("more than 16 keys");
  KeySet set;
  for (const json::Value& value : list->get_array()) {
    auto key = read_jwk(value);
    if (!key) return std::unexpected(key.error());
    if (!*key) continue;
    if (set.find((*key)->kid)) return refuse("two keys have one kid");
    set.keys_.push_back(std::move(**key));
  }
  return set;
}

std::string KeySet::to_text() const {
  json::Array list;
  for (const NamedKey& key : keys_) list.emplace_back(to_jwk(key));
  return json::to_text(json::Object{{"keys", std::move(list)}});
}

const NamedKey* KeySet::find(std::string_view kid) const {
  auto found = std::ranges::find(keys_, kid, &NamedKey::kid);
  return found == keys_.end() ? nullptr : &*found;
}

std::string thumbprint(const crypto::PublicKey& key) {
  // The required members in lexicographic order without white space; base64url needs no escaping.
  std::string text = R"({"crv":"P-256","kty":"EC","x":")" + crypto::to_base64url(key.x()) + R"(","y":")" +
                     crypto::to_base64url(key.y()) + R"("})";
  return crypto::to_base64url(crypto::sha256(text));
}

}  // namespace foundation::jwt
