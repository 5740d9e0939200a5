#include "api/app/body.h"

#include <fmt/format.h>

#include "api/identity/identity.h"
#include "api/tenancy/tenancy.h"
#include "foundation/base/unicode.h"

namespace api::app {

std::string read_name(foundation::json::Fields& fields) {
  std::string name = fields.text("name", kMaxNameBytes);
  if (!tenancy::is_name(name)) fields.refuse("name", "must be 1 to 63 of a-z, 0-9 and -, no dash at either end");
  return name;
}

std::optional<std::string> read_display(foundation::json::Fields& fields) {
  auto display = fields.optional_text("display", identity::kMaxDisplayBytes);
  if (display && foundation::visible_text(*display) != *display) fields.refuse("display", "must be visible text");
  return display;
}

tenancy::Permissions read_permissions(foundation::json::Fields& fields) {
  tenancy::Permissions permissions;
  auto names = fields.texts("permissions", tenancy::kPermissions, kMaxNameBytes);
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto permission = tenancy::parse_permission(names[i]);
    if (permission) permissions.insert(*permission);
    if (!permission) fields.refuse(fmt::format("permissions[{}]", i), "is not a permission");
  }
  if (names.empty()) fields.refuse("permissions", "must name at least one");
  return permissions;
}

}  // namespace api::app
