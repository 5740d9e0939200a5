// A request's body, read strictly: a member that is missing, mistyped or unknown is the error.
#pragma once
#include <optional>
#include <string>
#include <type_traits>

#include "api/tenancy/permissions.h"
#include "foundation/http/server.h"
#include "foundation/json/fields.h"

namespace api::app {

// `read` takes the fields and returns what they say; what it refuses is the error.
template <class Read, class Said = std::invoke_result_t<Read&, foundation::json::Fields&>>
foundation::Result<Said> read_body(const foundation::http::Exchange& exchange, Read read) {
  auto value = foundation::json::parse_strict(exchange.request().body);
  if (!value) return std::unexpected(value.error());
  foundation::json::Fields fields(*value);
  Said said = read(fields);
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return said;
}

inline constexpr std::size_t kMaxNameBytes = 63;          // of every name of a tenant's (tenancy::is_name)
std::string read_name(foundation::json::Fields& fields);  // "name"
std::optional<std::string> read_display(foundation::json::Fields& fields);  // "display", which people read
tenancy::Permissions read_permissions(foundation::json::Fields& fields);    // "permissions", at least one

}  // namespace api::app
