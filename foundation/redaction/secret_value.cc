#include "foundation/redaction/secret_value.h"
#include "foundation/base/ascii.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace foundation::redaction {
namespace {

constexpr std::size_t kMinRandomBytes = 8;
constexpr std::size_t kMinRandomLetters = 20;  // letters alone must be this many...
constexpr double kMinRandomBitsPerByte = 3.5;  // ...and this mixed: English is below it at such lengths

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

double bits_per_byte(std::string_view text) {
  std::array<int, 256> counts{};
  for (char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (int count : counts) {
    if (count == 0) continue;
    double share = count / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

// What stands after "password:" in messages about a password.
constexpr std::string_view kPlainValues[] = {"a",           "an",      "and",      "anonymous",  "authentication",
                                             "basic",       "bearer",  "cannot",   "denied",     "disabled",
                                             "empty",       "enabled", "error",    "expired",    "failed",
                                             "false",       "for",     "from",     "has",        "in",
                                             "incorrect",   "invalid", "is",       "mismatch",   "missing",
                                             "must",        "nil",     "no",       "none",       "not",
                                             "null",        "oauth2",  "of",       "off",        "oidc",
                                             "ok",          "on",      "optional", "redacted",   "rejected",
                                             "required",    "set",     "the",      "to",         "true",
                                             "undefined",   "unset",   "was",      "wrong",      "yes",
                                             "<nil>",       "<none>",  "<unset>",  "<redacted>", "[redacted]",
                                             "data+omitted"};

bool is_plain_value(std::string_view value) {
  std::string said = lowered(value);
  while (said.ends_with('.') || said.ends_with(':') || said.ends_with(')') || said.ends_with(']')) {
    if (said.front() == '[' || said.front() == '<') break;
    said.pop_back();
  }
  return said.empty() || std::ranges::find(kPlainValues, said) != std::end(kPlainValues);
}

bool is_mask(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return c == '*' || c == 'x' || c == 'X' || c == '.'; });
}

// "|", ">-", "{": what begins a value of YAML or JSON that stands elsewhere.
bool is_mark(std::string_view value) {
  return value.size() <= 2 &&
         std::ranges::none_of(value, [](char c) { return is_lower(c) || is_upper(c) || is_digit(c); });
}

// "/var/run/secrets/token": where a secret is, not what it is.
bool is_path(std::string_view value) {
  return value.starts_with('/') && std::ranges::all_of(value, [](char c) {
           return is_lower(c) || is_digit(c) || c == '/' || c == '.' || c == '-' || c == '_';
         });
}

// "$(DB_PASSWORD)", "${TOKEN}": the name of a variable.
bool is_variable(std::string_view value) {
  if (value.size() < 4 || value[0] != '$' || (value[1] != '(' && value[1] != '{')) return false;
  std::string_view name = value.substr(2, value.size() - 3);
  return value.back() == (value[1] == '(' ? ')' : '}') &&
         std::ranges::all_of(name, [](char c) { return is_upper(c) || is_digit(c) || c == '_'; });
}

}  // namespace

bool always(std::string_view) { return true; }

bool looks_random(std::string_view value) {
  if (value.size() < kMinRandomBytes) return false;
  bool digit = std::ranges::any_of(value, is_digit);
  bool letter = std::ranges::any_of(value, [](char c) { return is_lower(c) || is_upper(c); });
  if (!letter) return false;
  return digit || (value.size() >= kMinRandomLetters && bits_per_byte(value) >= kMinRandomBitsPerByte);
}

bool is_assigned_secret(std::string_view value) {
  return !is_plain_value(value) && !is_mask(value) && !is_mark(value) && !is_path(value) && !is_variable(value);
}

bool is_random_secret(std::string_view value) { return looks_random(value) && is_assigned_secret(value); }

bool is_spelled_secret(std::string_view value) {
  static constexpr std::string_view kPunctuation = ".,-/:()";
  return std::ranges::any_of(
             value,
             [](char c) { return !is_lower(c) && !is_upper(c) && kPunctuation.find(c) == std::string_view::npos; }) &&
         is_assigned_secret(value);
}

bool is_login_secret(std::string_view value) {
  return !std::ranges::all_of(value, is_digit) && is_assigned_secret(value);
}

}  // namespace foundation::redaction
