#include "api/tenancy/permissions.h"

#include <array>

#include "foundation/json/view.h"

namespace api::tenancy {

namespace json = foundation::json;

namespace {

constexpr std::array<std::string_view, kPermissions> kNames = {  // by the order of the enumeration
    "objects.read",
    "events.read",
    "logs.read",
    "workloads.scale",
    "workloads.restart",
    "workloads.rollback",
    "workloads.set_resources",
    "approvals.decide",
    "audit.read",
    "members.manage"};

}  // namespace

std::string_view to_string(Permission permission) { return kNames.at(static_cast<std::size_t>(permission)); }

std::optional<Permission> parse_permission(std::string_view text) {
  for (Permission permission : all_permissions())
    if (to_string(permission) == text) return permission;
  return std::nullopt;
}

json::Array names_of(const Permissions& permissions) {
  json::Array names;
  for (Permission permission : permissions) names.push_back(json::Value(to_string(permission)));
  return names;
}

std::string text_of(const Permissions& permissions) {
  std::string text;
  for (Permission permission : permissions) {
    if (!text.empty()) text += ", ";
    text += to_string(permission);
  }
  return text;
}

std::string to_text(const Permissions& permissions) { return json::to_text(names_of(permissions)); }

std::optional<Permissions> parse_permissions(std::string_view text) {
  auto names = json::parse_strict(text);
  if (!names || !names->is_array()) return std::nullopt;
  Permissions permissions;
  for (const auto& name : names->get_array()) {
    auto permission = parse_permission(json::View(name).text());
    if (!permission) return std::nullopt;
    permissions.insert(*permission);
  }
  return permissions;
}

}  // namespace api::tenancy
