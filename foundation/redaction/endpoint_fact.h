// Addresses in configuration values. Own of redaction; pure.
#pragma once
#include <optional>
#include <string_view>

#include "foundation/json/value.h"

namespace foundation::redaction {

// "scheme://[user@]host[:port][/path][?query]" (also "jdbc:scheme://...") and "host:port". Nothing for anything else,
// and for a host that may be a secret itself.
std::optional<json::Object> url_fact(std::string_view value);
std::optional<json::Object> host_port_fact(std::string_view value);

}  // namespace foundation::redaction
