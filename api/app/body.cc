#include "api/app/body.h"

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

}  // namespace api::app
