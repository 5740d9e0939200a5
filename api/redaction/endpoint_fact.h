// Addresses in configuration values. Own of redaction; pure.
#pragma once
#include <optional>
#include <string_view>

#include "foundation/json/value.h"

namespace api::redaction {

// "scheme://[user@]host[:port][/path][?query]" (also "jdbc:scheme://...") and "host:port". Nothing for anything else,
// and for a host that may be a secret itself.
std::optional<foundation::json::Object> url_fact(std::string_view value);
std::optional<foundation::json::Object> host_port_fact(std::string_view value);

}  // namespace api::redaction
