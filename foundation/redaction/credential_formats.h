// The table of credential formats that redact_text knows. Own of redaction; pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace foundation::redaction {

struct CredentialFormat {
  std::string type;     // of the pseudonym
  std::string pattern;  // RE2; its first matching group is the secret, without groups the whole match
  bool (*is_one)(std::string_view secret);
};

// The more telling format first: where two overlap, the first names the secret.
std::span<const CredentialFormat> credential_formats();

}  // namespace foundation::redaction
