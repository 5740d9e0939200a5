#include "api/operations/operation.h"

#include "foundation/json/view.h"

namespace api::operations {

std::string_view to_string(PatchForm form) { return form == PatchForm::strategic ? "strategic" : "apply"; }

std::optional<PatchForm> parse_patch_form(std::string_view text) {
  for (PatchForm form : {PatchForm::apply, PatchForm::strategic})
    if (to_string(form) == text) return form;
  return std::nullopt;
}

ObjectRef target_of(const json::Object& arguments) {
  auto text = [&](std::string_view member) {
    const json::Value* value = arguments.if_contains(member);
    return std::string(json::View(value).text());
  };
  return {.kind = text("kind"), .namespace_name = text("project"), .name = text("name"), .uid = {}};
}

}  // namespace api::operations
