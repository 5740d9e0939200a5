// The members that tools' arguments share: how they are read, and how a schema shows them.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "foundation/json/fields.h"

namespace ai_ops::tools {

// RFC 1123 names as Kubernetes reads them; another text is the fields' error. Empty when absent.
std::string project_of(foundation::json::Fields& fields);
std::optional<std::string> optional_project_of(foundation::json::Fields& fields);
std::string name_of(foundation::json::Fields& fields, std::string_view member);
std::optional<std::string> optional_name_of(foundation::json::Fields& fields, std::string_view member);
std::string kind_of(foundation::json::Fields& fields);
std::optional<std::string> optional_kind_of(foundation::json::Fields& fields);

foundation::json::Value text_schema(std::string_view description);
foundation::json::Value count_schema(std::string_view description, std::int64_t max);
// An object with these properties and no others.
foundation::json::Value object_schema(foundation::json::Object properties,
                                      std::initializer_list<std::string_view> required);

}  // namespace ai_ops::tools
