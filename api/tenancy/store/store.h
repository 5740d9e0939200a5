// Organizations, workspaces, projects and role bindings in the database. Every function runs inside the caller's
// transaction. Owned by tenancy: nobody else queries these tables. Users themselves live in api/identity: a binding
// names one, and whoever acts on a binding asks identity whether that user is active.
//
// Errors: not_found, conflict (the name exists), invalid (a malformed name), and those of database::Session.
// Threads: those of the database.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "api/tenancy/tenancy.h"
#include "foundation/base/error.h"
#include "foundation/database/database.h"

namespace api::tenancy::store {

using foundation::Done;
using foundation::Result;
using foundation::database::Session;

struct KubeconfigFile {
  std::string path;
  friend bool operator==(const KubeconfigFile&, const KubeconfigFile&) = default;
};
struct SealedKubeconfig {
  std::string bytes;  // crypto::SealingKey, under the workspace's name; an organization's own, the seed's are files
  friend bool operator==(const SealedKubeconfig&, const SealedKubeconfig&) = default;
};
struct InCluster {
  friend bool operator==(const InCluster&, const InCluster&) = default;
};
using ClusterReference = std::variant<KubeconfigFile, SealedKubeconfig, InCluster>;

struct Organization {
  OrganizationName name;
  std::string display;
};

struct Workspace {
  WorkspaceName name;
  OrganizationName organization;
  std::string display;
  ClusterReference cluster;
  WorkspacePolicy policy;
  std::vector<ProjectName> projects;   // namespaces, sorted
  std::int64_t bindings_revision = 0;  // moves with every change of a binding
};

// The bindings of one user in one workspace, and the revision they were read at.
struct Bindings {
  std::vector<RoleBinding> bindings;
  std::int64_t revision = 0;
};

Done add_organization(Session& session, const Organization& organization);
Result<std::vector<Organization>> organizations(Session& session);

Done add_workspace(Session& session, const Workspace& workspace);  // with its projects; the revision starts at 1
Result<Workspace> find_workspace(Session& session, const WorkspaceName& name);
Result<std::vector<WorkspaceName>> workspaces(Session& session);                                       // all, sorted
Result<std::vector<Workspace>> workspaces_in(Session& session, const OrganizationName& organization);  // sorted
Result<std::vector<WorkspaceName>> workspaces_of(Session& session, const UserName& user);  // where they are a member
Done set_cluster(Session& session, const WorkspaceName& name, const ClusterReference& cluster);
Done set_policy(Session& session, const WorkspaceName& name, const WorkspacePolicy& policy);
Done add_project(Session& session, const WorkspaceName& workspace, const ProjectName& project);
Done remove_project(Session& session, const WorkspaceName& workspace, const ProjectName& project);  // and its bindings
// Adds what is missing and removes the rest; a project that stays keeps its bindings.
Done set_projects(Session& session, const WorkspaceName& workspace, const std::vector<ProjectName>& projects);

// The roles that an organization has defined, sorted; the built-in ones are not among them. In force, wherever they are
// bound, with the transaction that changes them.
inline constexpr std::size_t kMaxRoles = 100;  // of one organization
Result<std::vector<Role>> roles(Session& session, const OrganizationName& organization);
Result<Role> find_role(Session& session, const OrganizationName& organization, const RoleName& name);  // or built in
// conflict: the name is taken, a built-in one is to change or to go, or there are kMaxRoles; invalid: malformed, or
// without a permission.
Done add_role(Session& session, const OrganizationName& organization, const Role& role);
Done change_role(Session& session, const OrganizationName& organization, const Role& role);
Result<Role> remove_role(Session& session, const OrganizationName& organization,
                         const RoleName& name);  // conflict: bound

// Grants and revokes move the workspace's revision in the same transaction. `binding.id` is made here and returned;
// the same subject, role, scope and effect twice is conflict. Of the role only the name counts: it is read with the
// binding, as it is defined then.
Result<std::string> grant(Session& session, const RoleBinding& binding);
Result<RoleBinding> revoke(Session& session, const WorkspaceName& workspace, const std::string& id);
Result<std::int64_t> bindings_revision(Session& session, const WorkspaceName& workspace);
Result<Bindings> load_bindings(Session& session, const UserName& user, const WorkspaceName& workspace);
Result<std::vector<RoleBinding>> list_bindings(Session& session, const WorkspaceName& workspace);
// Who holds `permission` in `project` (none: in the whole workspace), sorted.
Result<std::vector<UserName>> who_can(Session& session, const WorkspaceName& workspace,
                                      const std::optional<ProjectName>& project, Permission permission);

std::span<const foundation::database::Migration> migrations();

}  // namespace api::tenancy::store
