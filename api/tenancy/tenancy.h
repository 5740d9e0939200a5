// Who may do what where, as pure values: names, roles, permissions, bindings, and what follows from them.
// Workspace names are unique in the installation (a path names the workspace alone); project names in their workspace.
// Threads: any; nothing here has state.
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "foundation/base/strong.h"

namespace api::tenancy {

using UserName = foundation::Strong<struct UserTag>;
using OrganizationName = foundation::Strong<struct OrganizationTag>;
using WorkspaceName = foundation::Strong<struct WorkspaceTag>;
using ProjectName = foundation::Strong<struct ProjectTag>;

// RFC 1123 label: 1 to 63 of [a-z0-9-], no dash at either end. Every name above is one.
bool is_name(std::string_view text);

enum class Role { viewer, editor, admin };
enum class Permission {
  objects_read,
  events_read,
  logs_read,
  workloads_scale,
  workloads_restart,
  approvals_decide,
  audit_read,
  members_manage,
};
using Permissions = std::set<Permission>;

std::string_view to_string(Role role);              // "viewer"
std::string_view to_string(Permission permission);  // "objects.read"
std::optional<Role> parse_role(std::string_view text);
std::optional<Permission> parse_permission(std::string_view text);
const Permissions& all_permissions();
const Permissions& permissions_of(Role role);

struct Scope {
  OrganizationName organization;
  WorkspaceName workspace;
  std::optional<ProjectName> project;  // none: all of the workspace
  friend bool operator==(const Scope&, const Scope&) = default;
};

struct RoleBinding {
  std::string id;  // UUIDv7
  UserName subject;
  Role role{};
  Scope scope;
  friend bool operator==(const RoleBinding&, const RoleBinding&) = default;
};

// What the credential that opened a turn allows at most; a session of a person allows everything.
struct Ceiling {
  Permissions at_most = all_permissions();
  friend bool operator==(const Ceiling&, const Ceiling&) = default;
};

// As stored: a JSON array of permissions. In reading, an unknown permission gives nothing, and damage gives nothing.
std::string to_text(const Ceiling& ceiling);
Ceiling parse_ceiling(std::string_view text);

enum class Risk { low, medium, high };
std::string_view to_string(Risk risk);
std::optional<Risk> parse_risk(std::string_view text);

struct RiskRule {
  bool runs_on_command = true;       // a command of the user's own runs without approval
  bool proposer_may_approve = true;  // else another person must
  friend bool operator==(const RiskRule&, const RiskRule&) = default;
};

struct WorkspacePolicy {
  bool allow_external_model = false;
  bool allow_unattended_approval = true;  // `hks --approve`; high risk never
  RiskRule low;
  RiskRule medium;
  RiskRule high{.runs_on_command = false, .proposer_may_approve = false};
  const RiskRule& rule(Risk risk) const;
  friend bool operator==(const WorkspacePolicy&, const WorkspacePolicy&) = default;
};

// The permissions that one subject's bindings give in `project`, cut by the ceiling. A binding without a project covers
// the whole workspace; without `project`, only such bindings count. Bindings of other workspaces give nothing.
Permissions effective(std::span<const RoleBinding> bindings, const Ceiling& ceiling, const WorkspaceName& workspace,
                      const std::optional<ProjectName>& project);

}  // namespace api::tenancy
