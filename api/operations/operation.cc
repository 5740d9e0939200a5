#include "api/operations/operation.h"

#include "foundation/json/view.h"

namespace api::operations {

ObjectRef target_of(const json::Object& arguments) {
  auto text = [&](std::string_view member) {
    const json::Value* value = arguments.if_contains(member);
    return std::string(json::View(value).text());
  };
  return {.kind = text("kind"), .namespace_name = text("project"), .name = text("name"), .uid = {}};
}

}  // namespace api::operations
