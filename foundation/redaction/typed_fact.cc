#include "foundation/redaction/typed_fact.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "foundation/base/ascii.h"
#include "foundation/base/unicode.h"
#include "foundation/redaction/endpoint_fact.h"
#include "foundation/redaction/patterns.h"
#include "foundation/redaction/plain_word.h"

namespace foundation::redaction {
namespace {

constexpr std::size_t kMaxUrlBytes = 2048;

// Parts of a name that say that its value is a secret; a part that only begins or ends with one ("tokens",
// "dbpassword") counts too for the long ones.
constexpr std::string_view kSecretParts[] = {
    "auth",  "bearer", "cert", "cookie", "creds", "cred", "hash", "hmac", "jwt",  "key",     "keys", "license",
    "login", "otp",    "pass", "pin",    "psk",   "pw",   "pwd",  "salt", "seed", "session", "sig",  "signature"};
constexpr std::string_view kSecretWithin[] = {"apikey",   "credential", "passphrase", "passwd",
                                              "password", "privatekey", "secret",     "token"};

bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

// "apiKey" and "API_KEY" -> {"api", "key"}.
std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts(1);
  bool was_lower = false;
  for (char c : name) {
    bool upper = c != lower(c);
    if (!is_letter(c) || (upper && was_lower)) parts.emplace_back();
    if (is_letter(c)) parts.back() += lower(c);
    was_lower = is_letter(c) && !upper;
  }
  return parts;
}

json::Object opaque(std::string_view value) { return {{"type", "opaque"}, {"length", value.size()}}; }

std::optional<json::Object> endpoints_fact(std::string_view value) {
  json::Array items;
  for (std::size_t at = 0; at <= value.size();) {
    std::size_t end = std::min(value.find(',', at), value.size());
    std::string_view one = value.substr(at, end - at);
    auto fact = url_fact(one);
    if (!fact) fact = host_port_fact(one);
    if (!fact || items.size() == kMaxEndpoints) return std::nullopt;
    items.push_back(std::move(*fact));
    at = end + 1;
  }
  return json::Object{{"type", "endpoints"}, {"items", std::move(items)}};
}

std::optional<json::Object> boolean_fact(std::string_view value) {
  std::string said(value);
  std::ranges::transform(said, said.begin(), lower);
  for (std::string_view yes : {"true", "yes", "on"})
    if (said == yes) return json::Object{{"type", "boolean"}, {"value", true}};
  for (std::string_view no : {"false", "no", "off"})
    if (said == no) return json::Object{{"type", "boolean"}, {"value", false}};
  return std::nullopt;
}

std::optional<json::Object> number_fact(std::string_view value) {
  static const RE2 number(R"re(-?[0-9]+(?:\.[0-9]+)?)re");
  if (!RE2::FullMatch(value, number)) return std::nullopt;
  auto digits = static_cast<std::size_t>(std::ranges::count_if(value, [](char c) { return c >= '0' && c <= '9'; }));
  if (digits > kMaxNumberDigits) return opaque(value);
  std::int64_t whole = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), whole);
  bool is_whole = error == std::errc() && end == value.data() + value.size();
  return json::Object{{"type", "number"}, {"value", is_whole ? json::Value(whole) : json::Value(value)}};
}

// Measures are short: a long one is no measure but something that reads like one.
std::optional<json::Object> measure_fact(std::string_view value) {
  static constexpr std::size_t kMaxMeasureBytes = 16;
  static const RE2 duration(R"re((?:[0-9]{1,6}(?:\.[0-9]{1,3})?(?:ns|us|ms|s|m|h|d))+)re");
  static const RE2 quantity(R"re([0-9]{1,10}(?:\.[0-9]{1,3})?(?:[kMGTPE]|[KMGTPE]i|[KMG]B))re");
  if (value.size() > kMaxMeasureBytes) return std::nullopt;
  if (RE2::FullMatch(value, duration)) return json::Object{{"type", "duration"}, {"value", value}};
  if (RE2::FullMatch(value, quantity)) return json::Object{{"type", "quantity"}, {"value", value}};
  return std::nullopt;
}

std::optional<json::Object> word_fact(std::string_view value) {
  if (!is_plain_word(value) || holds_secret(value)) return std::nullopt;
  return json::Object{{"type", "word"}, {"value", value}};
}

}  // namespace

bool names_a_secret(std::string_view key) {
  std::string together;
  for (const std::string& part : parts_of(key)) {
    if (std::ranges::find(kSecretParts, part) != std::end(kSecretParts)) return true;
    together += part;
  }
  return std::ranges::any_of(kSecretWithin, [&](std::string_view secret) { return together.contains(secret); });
}

json::Object typed_fact(std::string_view key, std::string_view value) {
  if (value.size() > kMaxUrlBytes || visible_text(value) != value) return opaque(value);
  if (auto fact = url_fact(value)) return *fact;
  if (names_a_secret(key)) return opaque(value);
  for (auto judge : {number_fact, boolean_fact, measure_fact, host_port_fact, endpoints_fact, word_fact})
    if (auto fact = judge(value)) return *fact;
  return opaque(value);
}

}  // namespace foundation::redaction
