// Who may do what where, as pure values: names, roles, permissions, bindings, and what follows from them.
// Workspace names are unique in the installation (a path names the workspace alone); project names in their workspace.
// Threads: any; nothing here has state.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/tenancy/permissions.h"
#include "foundation/base/strong.h"

namespace api::tenancy {

using UserName = foundation::Strong<struct UserTag>;
using OrganizationName = foundation::Strong<struct OrganizationTag>;
using WorkspaceName = foundation::Strong<struct WorkspaceTag>;
using ProjectName = foundation::Strong<struct ProjectTag>;
using RoleName = foundation::Strong<struct RoleTag>;

// RFC 1123 label: 1 to 63 of [a-z0-9-], no dash at either end. Every name above is one.
bool is_name(std::string_view text);

// A set of permissions under a name. Every organization has the three; it may define others beside them.
struct Role {
  RoleName name;
  Permissions permissions;
  static const Role viewer, editor, admin;
  friend bool operator==(const Role&, const Role&) = default;
};
inline const Role Role::viewer{RoleName("viewer"),
                               {Permission::objects_read, Permission::events_read, Permission::logs_read}};
inline const Role Role::editor{
    RoleName("editor"),
    Role::viewer.permissions | Permissions{Permission::workloads_scale, Permission::workloads_restart,
                                           Permission::workloads_rollback, Permission::workloads_set_resources,
                                           Permission::approvals_decide}};
inline const Role Role::admin{RoleName("admin"), all_permissions()};

std::optional<Role> built_in_role(std::string_view name);

struct Scope {
  OrganizationName organization;
  WorkspaceName workspace;
  std::optional<ProjectName> project;  // none: all of the workspace
  friend bool operator==(const Scope&, const Scope&) = default;
};

enum class BindingEffect { allow, deny };
std::string_view to_string(BindingEffect effect);  // "allow"
std::optional<BindingEffect> parse_binding_effect(std::string_view text);

struct RoleBinding {
  std::string id;  // UUIDv7
  UserName subject;
  Role role;  // as it is defined at the moment that the binding is read
  Scope scope;
  BindingEffect effect = BindingEffect::allow;
  bool denies() const { return effect == BindingEffect::deny; }
  friend bool operator==(const RoleBinding&, const RoleBinding&) = default;
};

// What the credential that opened a turn allows at most; a session of a person allows everything.
struct Ceiling {
  Permissions at_most = all_permissions();
  friend bool operator==(const Ceiling&, const Ceiling&) = default;
};

// As stored. In reading, an unknown permission gives nothing, and damage gives nothing.
std::string to_text(const Ceiling& ceiling);
Ceiling parse_ceiling(std::string_view text);

enum class Risk { low, medium, high };
std::string_view to_string(Risk risk);
std::optional<Risk> parse_risk(std::string_view text);

// What a change of some risk needs in a workspace, from the most lenient to the strictest.
enum class ApprovalRule {
  run,         // a command of the user's own runs; what was not commanded they may approve themselves
  approve,     // somebody approves it: the proposer may
  two_person,  // another person than the proposer approves it
  never,       // it is not made
};
std::string_view to_string(ApprovalRule rule);  // "two-person"
std::optional<ApprovalRule> parse_approval_rule(std::string_view text);

struct WorkspacePolicy {
  bool allow_external_model = false;
  bool allow_unattended_approval = true;  // `hks --approve`; high risk never
  ApprovalRule low = ApprovalRule::run;
  ApprovalRule medium = ApprovalRule::run;
  ApprovalRule high = ApprovalRule::two_person;
  ApprovalRule rule(Risk risk) const;
  friend bool operator==(const WorkspacePolicy&, const WorkspacePolicy&) = default;
};

// Whether the bindings make somebody a member of the workspace: a deny alone does not.
bool is_member(std::span<const RoleBinding> bindings, const WorkspaceName& workspace);

// What one subject's bindings allow and deny in `project`. A binding without a project covers the whole workspace.
// Without `project` it is asked what holds in all of the workspace: an allow of one project is none of that, a deny of
// one is. Bindings of other workspaces count for nothing.
struct Rights {
  Permissions allowed;
  Permissions denied;
  Permissions held() const { return allowed - denied; }  // a deny beats every allow
};
Rights rights_in(std::span<const RoleBinding> bindings, const WorkspaceName& workspace,
                 const std::optional<ProjectName>& project);

// What is held under the ceiling.
Permissions effective(std::span<const RoleBinding> bindings, const Ceiling& ceiling, const WorkspaceName& workspace,
                      const std::optional<ProjectName>& project);

}  // namespace api::tenancy
