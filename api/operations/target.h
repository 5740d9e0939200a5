// The part of an operation's arguments that names its target: project, kind and name. Shared by the operations; pure.
#pragma once
#include <span>
#include <string_view>

#include "api/operations/operation.h"
#include "foundation/json/fields.h"

namespace api::operations {

// The members of a JSON schema that say it, to be put into the schema's "properties".
json::Object target_schema(std::span<const std::string_view> kinds);
// Reads and checks the three members; {project, kind, name}.
json::Object read_target(json::Fields& fields, std::span<const std::string_view> kinds);
// The live object's own ref, with its uid, when it is what `arguments` name. Code::conflict: it is being deleted;
// Code::internal: another object was read.
Result<ObjectRef> live_target(const json::Object& arguments, const ObjectView& object);
// The arguments that name the target, without more.
json::Object target_arguments(const ObjectRef& target);

}  // namespace api::operations
