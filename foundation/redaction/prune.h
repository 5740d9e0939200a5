// The one form in which a cluster's objects may leave the control plane: of each kind only the fields of its allow-list
// (allow_list.cc), configuration values as typed facts, and every text that stays redacted and cleaned. Pure but for
// the Pseudonyms given.
#pragma once
#include <optional>
#include <string_view>

#include "foundation/json/value.h"
#include "foundation/redaction/pseudonyms.h"

namespace foundation::redaction {

// Nothing for a kind without an allow-list (Secret is one) and for what is not an object with kind and metadata.name.
std::optional<json::Value> prune(const json::Value& raw, Pseudonyms& pseudonyms);

// Numbered within this one object.
std::optional<json::Value> prune(const json::Value& raw);

// What of a request's path may pass: nothing from its query or fragment on, which hold tokens.
std::string_view url_path(std::string_view path);

}  // namespace foundation::redaction
