#include "api/tenancy/tenancy.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "foundation/json/view.h"

namespace api::tenancy {
namespace {

template <class E, std::size_t N>
using Names = std::array<std::pair<E, std::string_view>, N>;

constexpr Names<Role, 3> kRoles = {{{Role::viewer, "viewer"}, {Role::editor, "editor"}, {Role::admin, "admin"}}};
constexpr Names<Permission, 8> kPermissions = {{
    {Permission::objects_read, "objects.read"},
    {Permission::events_read, "events.read"},
    {Permission::logs_read, "logs.read"},
    {Permission::workloads_scale, "workloads.scale"},
    {Permission::workloads_restart, "workloads.restart"},
    {Permission::approvals_decide, "approvals.decide"},
    {Permission::audit_read, "audit.read"},
    {Permission::members_manage, "members.manage"},
}};
constexpr Names<Risk, 3> kRisks = {{{Risk::low, "low"}, {Risk::medium, "medium"}, {Risk::high, "high"}}};

template <class E, std::size_t N>
std::string_view name_in(const Names<E, N>& names, E value) {
  for (const auto& [known, name] : names)
    if (known == value) return name;
  return {};
}

template <class E, std::size_t N>
std::optional<E> parse_in(const Names<E, N>& names, std::string_view text) {
  for (const auto& [known, name] : names)
    if (name == text) return known;
  return std::nullopt;
}

bool covers(const Scope& scope, const WorkspaceName& workspace, const std::optional<ProjectName>& project) {
  return scope.workspace == workspace && (!scope.project || scope.project == project);
}

}  // namespace

bool is_name(std::string_view text) {
  auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 63 && plain(text.front()) && plain(text.back()) &&
         std::ranges::all_of(text, [&](char c) { return plain(c) || c == '-'; });
}

std::string_view to_string(Role role) { return name_in(kRoles, role); }
std::string_view to_string(Permission permission) { return name_in(kPermissions, permission); }
std::string_view to_string(Risk risk) { return name_in(kRisks, risk); }
std::optional<Role> parse_role(std::string_view text) { return parse_in(kRoles, text); }
std::optional<Permission> parse_permission(std::string_view text) { return parse_in(kPermissions, text); }
std::optional<Risk> parse_risk(std::string_view text) { return parse_in(kRisks, text); }

const Permissions& permissions_of(Role role) {
  static const Permissions kViewer = {Permission::objects_read, Permission::events_read, Permission::logs_read};
  static const Permissions kEditor = {
      Permission::objects_read,    Permission::events_read,       Permission::logs_read,
      Permission::workloads_scale, Permission::workloads_restart, Permission::approvals_decide,
  };
  static const Permissions kAdmin = [] {
    Permissions all;
    for (const auto& [permission, name] : kPermissions) all.insert(permission);
    return all;
  }();
  switch (role) {
    case Role::viewer: return kViewer;
    case Role::editor: return kEditor;
    case Role::admin: return kAdmin;
  }
  static const Permissions kNone;
  return kNone;
}

const Permissions& all_permissions() { return permissions_of(Role::admin); }

std::string to_text(const Ceiling& ceiling) {
  foundation::json::Array names;
  for (auto permission : ceiling.at_most) names.push_back(foundation::json::Value(to_string(permission)));
  return foundation::json::to_text(names);
}

Ceiling parse_ceiling(std::string_view text) {
  Ceiling ceiling{.at_most = {}};
  auto names = foundation::json::parse_strict(text);
  if (!names) return ceiling;
  for (const auto& name : foundation::json::View(*names).array())
    if (auto permission = parse_permission(foundation::json::View(name).text())) ceiling.at_most.insert(*permission);
  return ceiling;
}

const RiskRule& WorkspacePolicy::rule(Risk risk) const {
  switch (risk) {
    case Risk::low: return low;
    case Risk::medium: return medium;
    case Risk::high: return high;
  }
  return high;
}

Permissions effective(std::span<const RoleBinding> bindings, const Ceiling& ceiling, const WorkspaceName& workspace,
                      const std::optional<ProjectName>& project) {
  Permissions granted;
  for (const auto& binding : bindings) {
    if (!covers(binding.scope, workspace, project)) continue;
    std::ranges::set_intersection(permissions_of(binding.role), ceiling.at_most, std::inserter(granted, granted.end()));
  }
  return granted;
}

}  // namespace api::tenancy
