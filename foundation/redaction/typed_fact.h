// What may be said of a configuration value (an environment variable, an argument, a ConfigMap entry) without saying
// the value. Facts, as JSON objects:
//   {"type": "endpoint", "scheme"?, "host", "port"?, "path_class": "none"|"root"|"name"|"path"}   no user, no query
//   {"type": "endpoints", "items": [endpoint...]}     a comma-separated list, at most kMaxEndpoints
//   {"type": "number", "value": 5 | "0.5"}            {"type": "boolean", "value": true}
//   {"type": "duration", "value": "30s"}              {"type": "quantity", "value": "64Mi"}
//   {"type": "word", "value": "production"}           enum-like: <= 32 bytes, of speakable or short parts
//   {"type": "reference", "kind": "secretKeyRef", "name", "key", "optional"?}   of an environment variable
//   {"type": "opaque", "length": 31}                  everything else, in bytes
// A document of several lines has facts of its own (document_fact.h). Pure.
#pragma once
#include <cstddef>
#include <string_view>

#include "foundation/json/view.h"

namespace foundation::redaction {

inline constexpr std::size_t kMaxWordBytes = 32;
inline constexpr std::size_t kMaxNumberDigits = 10;  // more may be a card, a phone, a one-time code
inline constexpr std::size_t kMaxEndpoints = 8;

// The value of a key whose name is on the secret list is opaque, unless it is a URL.
json::Object typed_fact(std::string_view key, std::string_view value);

// An environment variable: {"name", "fact"}.
json::Object env_fact(json::View variable);

// Command and arguments: one item an argument, {"flag"?, "fact"?}. "--port=80" and "--port 80" both judge 80 as the
// value of "port".
json::Array argument_facts(json::View arguments);

// "DB_PASSWORD", "apiKey", "stripe.key"; not "KEYBOARD_LAYOUT".
bool names_a_secret(std::string_view key);

}  // namespace foundation::redaction
