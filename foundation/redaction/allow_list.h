// What may pass of each kind, as data: paths of fields and how their values pass. Own of redaction; pure.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace foundation::redaction {

enum class Pass {
  inside,     // only what stands below it in the list
  redacted,   // with all below it, every text through redact_text
  url_path,   // a text without its query
  env,        // a list of environment variables
  arguments,  // a list of command words
  facts,      // a map of configuration values: key -> fact
  sizes,      // a map of bytes in base64: key -> {"type": "opaque", "length"} of the text
};

// A field and the fields below it. Arrays are walked through: "containers.name" is the name of each container.
struct AllowedField {
  Pass pass = Pass::inside;
  std::map<std::string, AllowedField, std::less<>> below;
};

// The fields of an object of that kind; null for a kind that never passes.
const AllowedField* allow_list(std::string_view kind);

}  // namespace foundation::redaction
