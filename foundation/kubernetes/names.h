// Names that may become a path segment, and the percent-encoding that makes sure.
#pragma once
#include <string>
#include <string_view>

#include "foundation/base/error.h"
#include "foundation/base/strong.h"

namespace foundation::kubernetes {

// RFC 1123 label: 1..63 of [a-z0-9-], starts and ends alphanumeric.
bool is_label(std::string_view name);
// RFC 1123 subdomain as Kubernetes reads it: labels of any length joined by dots, 1..253 bytes in all. (A pod of a
// long-named deployment has one label of more than 63.)
bool is_subdomain(std::string_view name);
// "Deployment": 1..63 letters and digits, of which the first is upper case.
bool is_kind(std::string_view name);

struct NamespaceTag;
struct ObjectNameTag;
using Namespace = Strong<NamespaceTag>;
using ObjectName = Strong<ObjectNameTag>;

Result<Namespace> parse_namespace(std::string_view text);
Result<ObjectName> parse_object_name(std::string_view text);

}  // namespace foundation::kubernetes
