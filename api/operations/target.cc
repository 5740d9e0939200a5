#include "api/operations/target.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "foundation/kubernetes/names.h"

namespace api::operations {

using foundation::Code;

namespace {

constexpr std::size_t kMaxProjectBytes = 63;
constexpr std::size_t kMaxKindBytes = 63;
constexpr std::size_t kMaxNameBytes = 253;

}  // namespace

json::Object target_schema(std::span<const std::string_view> kinds) {
  return {{"project", {{"type", "string"}, {"maxLength", kMaxProjectBytes}, {"description", "the project's name"}}},
          {"kind", {{"type", "string"}, {"enum", json::Array(kinds.begin(), kinds.end())}}},
          {"name", {{"type", "string"}, {"maxLength", kMaxNameBytes}, {"description", "the workload's name"}}}};
}

json::Object read_target(json::Fields& fields, std::span<const std::string_view> kinds) {
  std::string project = fields.text("project", kMaxProjectBytes);
  std::string kind = fields.text("kind", kMaxKindBytes);
  std::string name = fields.text("name", kMaxNameBytes);
  if (!foundation::kubernetes::is_label(project)) fields.refuse("project", "not a project name");
  if (std::ranges::find(kinds, kind) == kinds.end())
    fields.refuse("kind", fmt::format("must be one of {}", fmt::join(kinds, ", ")));
  if (!foundation::kubernetes::is_subdomain(name)) fields.refuse("name", "not a workload name");
  return {{"project", project}, {"kind", kind}, {"name", name}};
}

Result<ObjectRef> live_target(const json::Object& arguments, const ObjectView& object) {
  ObjectRef target = object.ref();
  ObjectRef asked = target_of(arguments);
  std::string doing = "plan a change of " + asked.text();
  asked.uid = target.uid;
  if (target != asked || target.uid.empty()) return foundation::fail(Code::internal, doing, "read another object");
  if (object.metadata()["deletionTimestamp"]) return foundation::fail(Code::conflict, doing, "it is being deleted");
  return target;
}

json::Object target_arguments(const ObjectRef& target) {
  return {{"project", target.namespace_name}, {"kind", target.kind}, {"name", target.name}};
}

}  // namespace api::operations
