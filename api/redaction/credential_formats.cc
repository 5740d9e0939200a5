#include "api/redaction/credential_formats.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace api::redaction {
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

bool always(std::string_view) { return true; }

// What stands after "password:" in messages about a password.
constexpr std::string_view kPlainValues[] = {"a",          "an",        "and",      "authentication",
                                             "cannot",     "denied",    "empty",    "error",
                                             "expired",    "failed",    "false",    "for",
                                             "from",       "has",       "in",       "incorrect",
                                             "invalid",    "is",        "missing",  "mismatch",
                                             "must",       "nil",       "no",       "none",
                                             "not",        "null",      "of",       "ok",
                                             "on",         "redacted",  "rejected", "required",
                                             "set",        "the",       "to",       "true",
                                             "undefined",  "unset",     "was",      "wrong",
                                             "yes",        "<nil>",     "<none>",   "<unset>",
                                             "<redacted>", "[redacted]"};

bool is_plain_value(std::string_view value) {
  std::string said;
  for (char c : value) said += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  while (said.ends_with('.') || said.ends_with(':') || said.ends_with(')') || said.ends_with(']')) {
    if (said.front() == '[' || said.front() == '<') break;
    said.pop_back();
  }
  return said.empty() || std::ranges::find(kPlainValues, said) != std::end(kPlainValues);
}

bool is_mask(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return c == '*' || c == 'x' || c == 'X' || c == '.'; });
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

bool is_assigned_secret(std::string_view value) {
  return !is_plain_value(value) && !is_mask(value) && !is_path(value) && !is_variable(value);
}

bool is_random_secret(std::string_view value) { return looks_random(value) && is_assigned_secret(value); }

// A password that is told in a sentence: more than a word of the language.
bool is_spelled_secret(std::string_view value) {
  static constexpr std::string_view kPunctuation = ".,-/:()";
  return std::ranges::any_of(
             value,
             [](char c) { return !is_lower(c) && !is_upper(c) && kPunctuation.find(c) == std::string_view::npos; }) &&
         is_assigned_secret(value);
}

// "-u 1000:1000" names a user and a group.
bool is_login_secret(std::string_view value) {
  return !std::ranges::all_of(value, is_digit) && is_assigned_secret(value);
}

// By their own shape. Sources: the providers' documents of their token formats, as gitleaks and trufflehog collect
// them.
const std::vector<CredentialFormat>& formats_by_shape() {
  static const std::vector<CredentialFormat> formats{
      {"private_key",
       R"re((?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\z))re",
       always},
      {"private_key", R"re(\bAGE-SECRET-KEY-1[0-9A-Z]{58})re", always},
      {"aws", R"re(\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b)re", always},
      {"github", R"re(\bgh[pousr]_[A-Za-z0-9]{36,255})re", always},
      {"github", R"re(\bgithub_pat_[A-Za-z0-9_]{22,255})re", always},
      {"gitlab", R"re(\bgl(?:pat|ptt|rt|dt|cbt)-[A-Za-z0-9_-]{20,})re", always},
      {"slack", R"re(\bxox[abeoprs]-[A-Za-z0-9-]{10,})re", always},
      {"slack", R"re(\bxapp-[0-9]-[A-Za-z0-9-]{10,})re", always},
      {"slack", R"re(hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{16,}))re", always},
      {"stripe", R"re(\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,})re", always},
      {"stripe", R"re(\bwhsec_[A-Za-z0-9+/=]{24,})re", always},
      {"google", R"re(\bAIza[0-9A-Za-z_-]{35})re", always},
      {"google", R"re(\bya29\.[0-9A-Za-z_-]{20,})re", always},
      {"google", R"re(\bGOCSPX-[0-9A-Za-z_-]{28})re", always},
      {"anthropic", R"re(\bsk-ant-[A-Za-z0-9_-]{20,})re", always},
      {"openai", R"re(\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,})re", looks_random},
      {"huggingface", R"re(\bhf_[A-Za-z0-9]{30,})re", always},
      {"npm", R"re(\bnpm_[A-Za-z0-9]{36})re", always},
      {"pypi", R"re(\bpypi-[A-Za-z0-9_-]{50,})re", always},
      {"sendgrid", R"re(\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64})re", always},
      {"twilio", R"re(\b(?:SK|AC)[0-9a-f]{32}\b)re", always},
      {"digitalocean", R"re(\bdo[opr]_v1_[0-9a-f]{64})re", always},
      {"vault", R"re(\bhv[sbr]\.[A-Za-z0-9_-]{24,})re", always},
      {"telegram", R"re((?:\b|bot)([0-9]{8,10}:[A-Za-z0-9_-]{35})\b)re", always},
      {"jwt", R"re(\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){1,4})re", always},  // and JWE
  };
  return formats;
}

// By what stands before them.
const std::vector<CredentialFormat>& formats_by_context() {
  // Quoted, also within escaped JSON, or up to what ends a word.
  static const std::string value =
      R"re((?:\\{1,2}"([^"\\]+)|"((?:[^"\\]|\\.)+)"|"([^"\\]+)|'([^']+)'|([^\s"',;&\\]+)))re";
  static const std::string quotes = R"re([\\"']{0,4})re";  // of a name in JSON, escaped or not
  static const std::string set = quotes + R"re([ \t]*(?::=|=>|=)[ \t]*)re";
  static const std::string set_or_told = quotes + R"re([ \t]*(?::=|=>|=|:)[ \t]*)re";
  static const std::string authorization = R"re((?i)\b(?:proxy-)?authorization)re" + set_or_told;
  static const std::string strong =
      "(?i)(?:password|passwd|passphrase|pwd|api[_-]?key|access[_-]?key(?:[_-]?id)?|secret[_-]?key|private[_-]?key|"
      "account[_-]?key|auth[_-]?key|encryption[_-]?key|signing[_-]?key|client[_-]?secret)";
  static const std::string weak =
      "(?i)(?:secret|token|credentials?|auth|signature|session[_-]?id|jwt|(?:\\b|_)(?:sig|pass|creds?))";
  static const std::vector<CredentialFormat> formats{
      {"cookie", R"re((?i)\b(?:set-)?cookie)re" + quotes + R"re(:[ \t]*([^\r\n]+))re", is_assigned_secret},
      {"authorization",
       authorization + R"re(["'\[]{0,2}(?:bearer|basic|digest|token|negotiate)[ \t]+([^\s"',;\]\\]+))re",
       is_assigned_secret},
      {"authorization", authorization + R"re(["'\[]{0,2}([^\s"',;\]\\]+))re", is_random_secret},
      {"bearer", R"re((?i)\b(?:bearer|basic|negotiate)[ \t]+([A-Za-z0-9+/=._~-]{8,}))re", is_random_secret},
      // Drivers of databases take the last "@", so that a password may hold "/" and "@".
      {"password",
       "(?i)\\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\\+srv)?|rediss?|amqps?|nats|mssql|sqlserver|ldaps?|smtps?)"
       R"re(://[^\s:@/"'<>]*:([^\s"'<>]+)@)re",
       is_assigned_secret},
      {"password", R"re((?i)\b[a-z][a-z0-9+.-]*://[^\s/:@"'<>]*:([^\s/"'<>]+)@)re", is_assigned_secret},
      {"password", R"re(\b[\w.-]+:([^\s@"']+)@(?:tcp|unix)\()re", is_assigned_secret},
      {"password", R"re((?:^|\s)(?:-u|--user)[ =]["']?[^\s:"'/]+:([^\s"']+))re", is_login_secret},
      {"token", R"re((?i)\b[a-z][a-z0-9+.-]*://([^\s/:@"'<>]{16,})@)re", is_random_secret},
      {"password", strong + set_or_told + value, is_assigned_secret},
      {"password",
       R"re((?i)--?[\w-]*(?:password|passwd|passphrase|secret|token|api-?key|access-?key)[ \t]+["']?([^\s"'-][^\s"']*))re",
       is_assigned_secret},
      {"password", R"re((?i)\bpass(?:word|phrase|wd)[ \t]+(?:(?:is|was|to|=)[ \t]+)?)re" + value, is_spelled_secret},
      {"token", weak + set + value, is_assigned_secret},
      {"token", weak + R"re(\\{0,2}"[ \t]*:[ \t]*)re" + R"re(\\{0,2}"([^"\\]+))re", is_assigned_secret},  // JSON
      {"token", weak + set_or_told + value, is_random_secret},
      {"key", R"re((?i)(?:\b|_|-)key)re" + set_or_told + R"re(["']?([A-Za-z0-9+/=_-]{32,}))re", is_random_secret},
  };
  return formats;
}

}  // namespace

std::span<const CredentialFormat> credential_formats() {
  static const std::vector<CredentialFormat> all = [] {
    std::vector<CredentialFormat> out = formats_by_shape();
    out.insert(out.end(), formats_by_context().begin(), formats_by_context().end());
    return out;
  }();
  return all;
}

bool looks_random(std::string_view text) {
  if (text.size() < kMinRandomBytes) return false;
  bool digit = std::ranges::any_of(text, is_digit);
  bool letter = std::ranges::any_of(text, [](char c) { return is_lower(c) || is_upper(c); });
  if (!letter) return false;
  return digit || (text.size() >= kMinRandomLetters && bits_per_byte(text) >= kMinRandomBitsPerByte);
}

}  // namespace api::redaction
