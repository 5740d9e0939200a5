// The attack matrix of security.md section 2, as far as it is the verifier's own: each cell a row with the reason that
// must stop it. The cells of a server (another workspace, closed turn, mTLS peer) are tested where the server is.
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "foundation/crypto/foreign_algorithms.h"
#include "foundation/jwt/forge.h"

namespace foundation::jwt {
namespace {

namespace foreign = crypto::foreign;
using forge::kHeader;
using forge::Payload;

struct Cell {
  std::string name;
  std::string token;
  std::string reason;
};
using Cells = std::vector<Cell>;

const foreign::SigningKey& provider_key() {
  static const foreign::SigningKey kKey = foreign::SigningKey::rsa(2048);
  return kKey;
}

// The issuer's key and, in the same set, another issuer's of another algorithm.
const KeySet& keys() {
  static const KeySet kKeys({{"key-1", crypto::Algorithm::es256, forge::issuer_key().public_key()},
                             {"provider", crypto::Algorithm::rs256,
                              *crypto::PublicKey::from_rsa(provider_key().modulus(), provider_key().exponent())}});
  return kKeys;
}

std::string good() { return forge::token(Payload()); }
std::string header_with_alg(std::string_view raw) {
  return R"({"alg":)" + std::string(raw) + R"(,"kid":"key-1","typ":"hks-internal+jwt"})";
}
std::string header_with_kid(std::string_view raw) {
  return R"({"alg":"ES256","kid":)" + std::string(raw) + R"(,"typ":"hks-internal+jwt"})";
}
std::string under(std::string_view header) { return forge::token(header, Payload().text()); }
std::string unsigned_part(std::string_view header) { return forge::signed_part(header, Payload().text()); }

void add_algorithms(Cells& cells) {
  for (const char* raw : {"\"none\"",  "\"None\"",   "\"NONE\"",  "\"nOnE\"",   "\"none \"",   "\"none\\u0000\"",
                          "\"es256\"", "\"ES256 \"", "\"\"",      "[\"none\"]", "[\"ES256\"]", "{\"alg\":\"ES256\"}",
                          "null",      "1",          "\"ES384\"", "\"ES512\"",  "\"ES256K\"",  "\"RS256\"",
                          "\"RS384\"", "\"PS256\"",  "\"PS384\"", "\"EdDSA\"",  "\"HS256\"",   "\"HS384\""})
    cells.push_back({std::string("alg ") + raw, under(header_with_alg(raw)), "alg"});
  cells.push_back({"alg none, no signature", unsigned_part(header_with_alg("\"none\"")) + ".", "form"});
  cells.push_back({"alg missing", under(R"({"kid":"key-1","typ":"hks-internal+jwt"})"), "header"});
  auto half = forge::issuer_key().public_key();
  std::string der = foreign::p256_der(half.x(), half.y()), pem = foreign::to_pem("PUBLIC KEY", der);
  std::string set = keys().to_text(), jwk = set.substr(set.find("{\"kid\""));
  const std::pair<const char*, std::string> secrets[] = {
      {"public PEM", pem},
      {"public PEM without its last line's end", pem.substr(0, pem.size() - 1)},
      {"public DER", der},
      {"JWK set text", set},
      {"JWK text", jwk.substr(0, jwk.find('}') + 1)},
      {"x||y", half.x() + half.y()},
      {"4||x||y", "\x04" + half.x() + half.y()},
      {"base64url of x", crypto::to_base64url(half.x())},
      {"kid", std::string(forge::kKid)},
      {"empty key", ""}};
  for (const auto& [name, secret] : secrets)
    for (const char* alg : {"HS256", "ES256"}) {
      std::string part = unsigned_part(header_with_alg("\"" + std::string(alg) + "\""));
      cells.push_back({std::string(alg) + " over an HMAC with the " + name,
                       forge::attach(part, foreign::hmac("HS256", secret, part)),
                       alg == std::string("HS256") ? "alg" : "signature"});
    }
}

void add_swaps(Cells& cells) {
  auto signed_by = [](std::string_view header, const foreign::SigningKey& key, std::string_view with) {
    std::string part = unsigned_part(header);
    return forge::attach(part, key.sign(with, part));
  };
  auto p384 = foreign::SigningKey::ec("P-384");
  const std::string other_kid = header_with_kid("\"provider\"");
  cells.push_back({"ES384 by a P-384 key", signed_by(header_with_alg("\"ES384\""), p384, "ES384"), "alg"});
  cells.push_back({"ES256 by a P-384 key", signed_by(kHeader, p384, "ES256"), "signature"});
  for (const char* alg : {"RS384", "PS384"})
    cells.push_back({std::string(alg) + " by the provider's key under its kid",
                     signed_by(R"({"alg":")" + std::string(alg) + R"(","kid":"provider","typ":"hks-internal+jwt"})",
                               provider_key(), alg),
                     "alg"});
  cells.push_back({"RS256 by the provider's key under its kid",
                   signed_by(R"({"alg":"RS256","kid":"provider","typ":"hks-internal+jwt"})", provider_key(), "RS256"),
                   "alg"});
  cells.push_back({"PS256 by the provider's key under its kid",
                   signed_by(R"({"alg":"PS256","kid":"provider","typ":"hks-internal+jwt"})", provider_key(), "PS256"),
                   "alg"});
  cells.push_back(
      {"ES256 claimed, provider's kid and RS256 signature", signed_by(other_kid, provider_key(), "RS256"), "alg"});
  cells.push_back({"ES256 claimed, provider's kid, our signature", under(other_kid), "alg"});
  cells.push_back({"provider's signature under our kid", signed_by(kHeader, provider_key(), "RS256"), "signature"});
  std::string part = unsigned_part(kHeader);
  cells.push_back(
      {"a stranger's P-256 key", forge::attach(part, crypto::PrivateKey::generate().sign(part)), "signature"});
}

void add_kids(Cells& cells) {
  cells.push_back({"kid absent", under(R"({"alg":"ES256","typ":"hks-internal+jwt"})"), "header"});
  for (const char* raw : {R"("")", R"("key-1\u0000")", R"("key 1")", R"("k\n")", R"("schl\u00fcssel")", "null", "1",
                          "[\"key-1\"]", "{\"x\":1}"})
    cells.push_back({std::string("kid ") + raw, under(header_with_kid(raw)), "kid"});
  cells.push_back({"kid of 2 KB", under(header_with_kid("\"" + std::string(2048, 'k') + "\"")), "kid"});
  cells.push_back({"kid of 65 bytes", under(header_with_kid("\"" + std::string(65, 'k') + "\"")), "kid"});
  cells.push_back({"kid of 4 KB", under(header_with_kid("\"" + std::string(4096, 'k') + "\"")), "size"});
  cells.push_back(
      {"two kids", under(R"({"alg":"ES256","kid":"key-1","typ":"hks-internal+jwt","kid":"key-1"})"), "header"});
  for (std::string kid : {"../../dev/null", "/dev/null", "key-2", "KEY-1", "key-1%00", "'or'1'='1'--", "key-1';--",
                          "https://evil.example/jwks.json", "0", "*"})
    cells.push_back({"kid " + kid, under(header_with_kid("\"" + kid + "\"")), "kid_unknown"});
  cells.push_back(
      {"unknown kid of 64 bytes", under(header_with_kid("\"" + std::string(kMaxKidBytes, 'k') + "\"")), "kid_unknown"});
  cells.push_back({"unknown kid and another typ", under(R"({"alg":"ES256","kid":"key-2","typ":"JWT"})"), "typ"});
  cells.push_back(
      {"unknown kid and another alg", under(R"({"alg":"RS256","kid":"key-2","typ":"hks-internal+jwt"})"), "alg"});
}

void add_headers(Cells& cells) {
  const char* extra[] = {R"("jwk":{"kty":"EC"})",
                         R"("jku":"https://evil.example")",
                         R"("x5u":"https://evil.example")",
                         R"("x5c":[])",
                         R"("crit":["exp"])",
                         R"("crit":[])",
                         R"("b64":false)",
                         R"("zip":"DEF")",
                         R"("cty":"JWT")",
                         R"("x":1)",
                         R"("alg":"none")",
                         R"("\u0061lg":"none")"};
  for (std::string member : extra) {
    cells.push_back(
        {"header with " + member, under(kHeader.substr(0, kHeader.size() - 1) + "," + member + "}"), "header"});
    cells.push_back({"header beginning with " + member, under("{" + member + "," + kHeader.substr(1)), "header"});
  }
  for (const char* raw : {"\"JWT\"", "\"HKS-internal+jwt\"", "\"hks-internal+jwt \"", "\"at+jwt\"", "\"\"", "null",
                          "[\"hks-internal+jwt\"]"})
    cells.push_back(
        {std::string("typ ") + raw, under(R"({"alg":"ES256","kid":"key-1","typ":)" + std::string(raw) + "}"), "typ"});
  cells.push_back({"typ absent", under(R"({"alg":"ES256","kid":"key-1"})"), "header"});
  std::string utf16;
  for (char c : kHeader) utf16 += {c, '\0'};
  const std::pair<const char*, std::string> texts[] = {
      {"BOM", "\xef\xbb\xbf" + kHeader},
      {"UTF-16", utf16},
      {"invalid UTF-8", header_with_kid("\"\xff\"")},
      {"lone surrogate", header_with_kid(R"("\ud800")")},
      {"trailing bytes", kHeader + "x"},
      {"trailing object", kHeader + "{}"},
      {"trailing NUL", kHeader + '\0'},
      {"array", "[" + kHeader + "]"},
      {"string", "\"ES256\""},
      {"not JSON", "ES256"},
      {"comment", "/**/" + kHeader},
      {"trailing comma", kHeader.substr(0, kHeader.size() - 1) + ",}"},
      {"depth 1000", std::string(1000, '[') + std::string(1000, ']')},
      {"of a JWE", R"({"alg":"ES256","enc":"A256GCM","kid":"key-1","typ":"hks-internal+jwt"})"},
  };
  for (const auto& [name, text] : texts) cells.push_back({std::string("header: ") + name, under(text), "header"});
  cells.push_back({"header: depth 10^4", under(std::string(10'000, '[') + std::string(10'000, ']')), "size"});
}

void add_forms(Cells& cells) {
  const std::string token = good();
  const std::size_t first = token.find('.'), second = token.rfind('.');
  const std::string header = token.substr(0, first), payload = token.substr(first + 1, second - first - 1),
                    signature = token.substr(second + 1);
  const std::pair<const char*, std::string> forms[] = {
      {"0 parts", ""},
      {"1 part", header},
      {"2 parts", header + "." + payload},
      {"4 parts", token + "." + signature},
      {"4 parts, the last empty", token + "."},
      {"5 parts, as a JWE", token + "." + signature + "." + signature},
      {"empty header", "." + payload + "." + signature},
      {"empty payload", header + ".." + signature},
      {"empty signature", header + "." + payload + "."},
      {"two dots", ".."},
      {"padded signature", token + "=="},
      {"padded payload", header + "." + payload + "=." + signature},
      {"standard alphabet", header + "." + payload + "." + "+/" + signature.substr(2)},
      {"LF at the end", token + "\n"},
      {"CR LF at the end", token + "\r\n"},
      {"CR LF and a second header line", token + "\r\nX-User: ada"},
      {"BOM before", "\xef\xbb\xbf" + token},
      {"bytes after", token + "~"},
      {"CR LF inside", header + ".\r\n" + payload + "." + signature},
      {"space before", " " + token},
      {"NUL at the end", token + '\0'},
      {"comma-joined", token + "," + token},
      {"percent-encoded dot", header + "%2E" + payload + "." + signature},
      {"JSON serialization, flattened",
       R"({"protected":")" + header + R"(","payload":")" + payload + R"(","signature":")" + signature + "\"}"},
      {"JSON serialization, general", R"({"payload":")" + payload + R"(","signatures":[{"protected":")" + header +
                                          R"(","signature":")" + signature + "\"}]}"},
  };
  for (const auto& [name, text] : forms) cells.push_back({name, text, "form"});
  std::string twin = token;  // 64 bytes leave four bits of the last character unused
  twin.back() = static_cast<char>(twin.back() + 1);
  cells.push_back({"trailing bits of the signature", twin, "form"});
  cells.push_back({"1 MB", header + "." + std::string(1 << 20, 'A') + "." + signature, "size"});
  cells.push_back({"10^6 dots", std::string(1'000'000, '.'), "size"});
  cells.push_back({"4 KB of dots", std::string(kMaxTokenBytes, '.'), "form"});
  cells.push_back({"4097 bytes", token + std::string(kMaxTokenBytes + 1 - token.size(), 'A'), "size"});
}

// r and s of a right signature replaced; n is the order of P-256.
void add_signatures(Cells& cells) {
  const std::string n(
      "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
      "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51",
      32);
  const std::string zero(32, '\0'), one = std::string(31, '\0') + '\1', less = foreign::subtract(n, one, 32);
  const std::string part = unsigned_part(kHeader), right = forge::issuer_key().sign(part);
  const std::string r = right.substr(0, 32), s = right.substr(32);
  const std::pair<const char*, std::string> edges[] = {{"0", zero}, {"1", one}, {"n-1", less}, {"n", n}};
  auto add = [&](const std::string& name, const std::string& bytes) {
    cells.push_back({"signature " + name, forge::attach(part, bytes), "signature"});
  };
  for (const auto& [r_name, r_edge] : edges) {
    add(std::string("r = ") + r_name, r_edge + s);
    add(std::string("s = ") + r_name, r + r_edge);
    for (const auto& [s_name, s_edge] : edges) add(std::string("r = ") + r_name + ", s = " + s_name, r_edge + s_edge);
  }
  add("n+r in 33 bytes each", foreign::add(n, r, 33) + '\0' + s);
  add("n+r cut to 32 bytes", foreign::add(n, r, 32) + s);
  add("n+s cut to 32 bytes", r + foreign::add(n, s, 32));
  add("as DER", foreign::ecdsa_der(right));
  add("swapped", s + r);
  add("cut", right.substr(0, 63));
  add("one byte longer", right + '\0');
  add("one byte", "x");
  const std::string other = forge::signed_part(kHeader, Payload().with("sub", "\"ada\"").text());
  cells.push_back({"signature of another payload", forge::attach(other, right), "signature"});
}

void add_payloads(Cells& cells) {
  const std::string text = Payload().text();
  const std::string nested = good();
  std::string utf16;
  for (char c : text) utf16 += {c, '\0'};
  const std::pair<const char*, std::string> texts[] = {
      {"not JSON", "erin"},
      {"an array", "[]"},
      {"BOM", "\xef\xbb\xbf" + text},
      {"UTF-16", utf16},
      {"invalid UTF-8", Payload().with("sub", "\"\xff\"").text()},
      {"lone surrogate", Payload().with("sub", R"("\udc00")").text()},
      {"trailing bytes", text + "x"},
      {"two objects", text + text},
      {"a nested JWT", nested},
      {"a nested JWT as JSON", "\"" + nested + "\""},
      {"depth 1000", Payload().adding("x", std::string(1000, '[') + std::string(1000, ']')).text()},
      {"exp 2^63", Payload().with("exp", "9223372036854775808").text()},
      {"exp 2^64", Payload().with("exp", "18446744073709551616").text()},
      {"exp 1e400", Payload().with("exp", "1e400").text()},
      {"a claim twice", Payload().adding("sub", "\"ada\"").text()},
      {"a claim twice, once escaped", Payload().adding("\\u0073ub", "\"ada\"").text()},
      {"an unknown claim twice", Payload().adding("x", "1").adding("x", "1").text()},
  };
  for (const auto& [name, payload] : texts)
    cells.push_back({std::string("payload: ") + name, forge::token(kHeader, payload), "claims"});
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  cells.push_back({"payload: depth 10^4", forge::token(Payload().adding("x", deep)), "size"});
}

void add_times(Cells& cells) {
  const std::int64_t now = Payload::seconds();
  const char* wrong[] = {
      "\"123\"", "1.5",          "1e10", "1767323345.0", "-1",   "0", "9007199254740993", "9223372036854775807",
      "null",    "[1767323345]", "{}",   "true",         "1e308"};
  for (std::string claim : {"iat", "nbf", "exp"})
    for (const char* raw : wrong) cells.push_back({claim + " " + raw, forge::token(Payload().with(claim, raw)), claim});
  auto window = [&](const char* name, std::int64_t iat, std::int64_t nbf, std::int64_t exp, const char* reason) {
    cells.push_back({name,
                     forge::token(Payload()
                                      .with("iat", std::to_string(now + iat))
                                      .with("nbf", std::to_string(now + nbf))
                                      .with("exp", std::to_string(now + exp))),
                     reason});
  };
  window("lives 301 s", 0, 0, 301, "lifetime");
  window("lives 0 s", 0, 0, 0, "lifetime");
  window("ends before it begins", 4, 4, 2, "lifetime");
  window("issued in 6 s", 6, 0, 200, "iat");
  window("valid in 6 s", 0, 6, 200, "nbf");
  window("ended 5 s ago", -300, -300, -5, "exp");
  window("ended a day ago", -86'700, -86'700, -86'400, "exp");
}

void add_claims(Cells& cells) {
  for (const auto& [claim, value] : Payload().members())
    cells.push_back({claim + " missing", forge::token(Payload().without(claim)), claim});
  const std::tuple<const char*, std::vector<std::string>> wrong[] = {
      {"iss",
       {R"("hexabase-control-plane/")", R"("Hexabase-control-plane")", R"("")", R"(["hexabase-control-plane"])",
        "null"}},
      {"aud",
       {R"(["hexabase-aiops-service"])", R"(["hexabase-aiops-service","x"])", R"("hexabase-aiops-service2")",
        R"("hexabase-aiops")", R"("HEXABASE-AIOPS-SERVICE")", R"("hexabase-aiops-service ")", "null"}},
      {"sub",
       {R"("")", R"("erin\u0000")", R"("er in")", R"("erin\n")", R"("é")", "1", "null", "{}",
        "\"" + std::string(254, 'e') + "\""}},
      {"act", {R"("spiffe://hks/ai-ops")", "{}", R"({"sub":""})", R"({"sub":1})", "null", "[]"}},
      {"org_id", {R"("")", "null", "1"}},
      {"workspace_id", {R"("")", "null", "[\"shop\"]"}},
      {"roles",
       {"null", "{}", R"("admin")", R"(["admin"])", R"([{"role":"admin"}])", R"([{"project":null}])",
        R"([{"role":"","project":null}])", R"([{"role":"admin","project":""}])", R"([{"role":"admin","project":1}])"}},
      {"scope", {"null", "[]", R"(" a")", R"("a ")", R"("a  b")", R"("a\tb")", R"(["a"])"}},
      {"turn", {R"("")", "null"}},
      {"jti", {R"("")", "null", "1"}},
      {"ver", {"0", "2", "-1", "1.0", "\"1\"", "null", "[1]"}},
      {"cnf",
       {"null", "{}", R"({"x5t#S256":""})", R"({"x5t#S256":"abc"})", R"({"jkt":"abc"})",
        R"({"x5t#S256":")" + forge::kThumbprint + "=\"}"}},
  };
  for (const auto& [claim, values] : wrong)
    for (const std::string& raw : values)
      cells.push_back({std::string(claim) + " " + raw, forge::token(Payload().with(claim, raw)), claim});
  std::string words = "a", roles = R"({"role":"r","project":null})";
  for (std::size_t i = 0; i < kMaxScopes; ++i) words += " a";
  for (std::size_t i = 0; i < kMaxRoles; ++i) roles += R"(,{"role":"r","project":null})";
  cells.push_back({"65 scopes", forge::token(Payload().with("scope", "\"" + words + "\"")), "scope"});
  cells.push_back({"65 roles", forge::token(Payload().with("roles", "[" + roles + "]")), "roles"});
  cells.push_back({"sub of 64 KB", forge::token(Payload().with("sub", "\"" + std::string(65536, 'e') + "\"")), "size"});
  cells.push_back({"sub of 2 KB", forge::token(Payload().with("sub", "\"" + std::string(2048, 'e') + "\"")), "sub"});
}

const Cells& matrix() {
  static const Cells kCells = [] {
    Cells cells;
    for (auto add : {add_algorithms, add_swaps, add_kids, add_headers, add_forms, add_signatures, add_payloads,
                     add_times, add_claims})
      add(cells);
    return cells;
  }();
  return kCells;
}

TEST(AttackMatrix, EachCellIsRefusedForItsOwnReason) {
  ASSERT_TRUE(verify_internal(good(), keys(), forge::kNow));
  for (const Cell& cell : matrix()) {
    auto verdict = verify_internal(cell.token, keys(), forge::kNow);
    ASSERT_FALSE(verdict) << cell.name;
    EXPECT_EQ(verdict.error().reason, cell.reason) << cell.name;
  }
  RecordProperty("cells", static_cast<int>(matrix().size()));
  EXPECT_GT(matrix().size(), 300u);
}

TEST(AttackMatrix, TheReasonsAreAClosedSet) {
  const std::set<std::string> closed{"size",      "form",   "header",   "alg",         "typ", "kid", "kid_unknown",
                                     "signature", "claims", "iss",      "aud",         "sub", "act", "roles",
                                     "scope",     "org_id", "turn",     "jti",         "iat", "nbf", "exp",
                                     "ver",       "cnf",    "lifetime", "workspace_id"};
  std::set<std::string> seen;
  for (const Cell& cell : matrix()) seen.insert(verify_internal(cell.token, keys(), forge::kNow).error().reason);
  EXPECT_EQ(seen, closed);
}

TEST(AttackMatrix, EachCharacterOfATokenCounts) {
  const std::string token = good();
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify_internal(changed, keys(), forge::kNow)) << at;
    EXPECT_FALSE(verify_internal(token.substr(0, at), keys(), forge::kNow)) << at;
  }
}

// ECDSA has two right signatures for each; whoever makes the second holds the first already and gets the same claims.
TEST(AttackMatrix, TheHighSTwinGainsNothing) {
  const std::string n(
      "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
      "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51",
      32);
  const std::string part = unsigned_part(kHeader), right = forge::issuer_key().sign(part);
  const std::string twin = right.substr(0, 32) + foreign::subtract(n, right.substr(32), 32);
  auto one = verify_internal(forge::attach(part, right), keys(), forge::kNow);
  auto two = verify_internal(forge::attach(part, twin), keys(), forge::kNow);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->jti, two->jti);
  EXPECT_EQ(one->subject, two->subject);
  EXPECT_EQ(one->expires_at, two->expires_at);
}

}  // namespace
}  // namespace foundation::jwt
