#include "ai-ops/tools/arguments.h"

#include "foundation/kubernetes/kinds.h"
#include "foundation/kubernetes/names.h"

namespace ai_ops::tools {

namespace json = foundation::json;
using json::Fields;

namespace {

constexpr std::size_t kMaxNameBytes = 253;

using Rule = bool (*)(std::string_view);

bool is_kind(std::string_view text) { return foundation::kubernetes::find_kind(text) != nullptr; }

std::string must(Fields& fields, std::string_view member, std::string text, Rule rule, const char* why) {
  if (!rule(text)) fields.refuse(member, why);
  return text;
}

std::string required(Fields& fields, std::string_view member, Rule rule, const char* why) {
  return must(fields, member, fields.text(member, kMaxNameBytes), rule, why);
}

std::optional<std::string> optional(Fields& fields, std::string_view member, Rule rule, const char* why) {
  auto text = fields.optional_text(member, kMaxNameBytes);
  if (!text) return std::nullopt;
  return must(fields, member, std::move(*text), rule, why);
}

constexpr const char* kWantProject = "must be a project's name";
constexpr const char* kWantName = "must be an object's name";
constexpr const char* kWantKind = "must be a kind that is known here";

}  // namespace

std::string project_of(Fields& fields) {
  return required(fields, "project", foundation::kubernetes::is_label, kWantProject);
}
std::optional<std::string> optional_project_of(Fields& fields) {
  return optional(fields, "project", foundation::kubernetes::is_label, kWantProject);
}
std::string name_of(Fields& fields, std::string_view member) {
  return required(fields, member, foundation::kubernetes::is_subdomain, kWantName);
}
std::optional<std::string> optional_name_of(Fields& fields, std::string_view member) {
  return optional(fields, member, foundation::kubernetes::is_subdomain, kWantName);
}
std::string kind_of(Fields& fields) { return required(fields, "kind", is_kind, kWantKind); }
std::optional<std::string> optional_kind_of(Fields& fields) { return optional(fields, "kind", is_kind, kWantKind); }

json::Value text_schema(std::string_view description) {
  return json::Object{{"type", "string"}, {"maxLength", kMaxNameBytes}, {"description", description}};
}

json::Value count_schema(std::string_view description, std::int64_t max) {
  return json::Object{{"type", "integer"}, {"minimum", 1}, {"maximum", max}, {"description", description}};
}

json::Value object_schema(json::Object properties, std::initializer_list<std::string_view> required_members) {
  json::Array required_names;
  for (std::string_view member : required_members) required_names.push_back(json::Value(member));
  return json::Object{{"type", "object"},
                      {"properties", std::move(properties)},
                      {"required", std::move(required_names)},
                      {"additionalProperties", false}};
}

}  // namespace ai_ops::tools
