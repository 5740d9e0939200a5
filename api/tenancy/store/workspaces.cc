#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/tenancy/store/rows.h"
#include "api/tenancy/store/store.h"

extern const char k_api_tenancy_store_0001_tenancy_sql[];
extern const char k_api_tenancy_store_0002_authorization_sql[];

namespace api::tenancy::store {
namespace {

using foundation::Code;
using foundation::fail;

// For statements that must meet their one row.
Done changed_one(const Result<std::int64_t>& changed, std::string_view doing) {
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return fail(Code::not_found, std::string(doing), "no such workspace");
  return {};
}

Done insert_workspace(Session& session, const Workspace& workspace) {
  std::vector<Cell> cells = {workspace.name.str(), workspace.organization.str(), workspace.display,
                             cluster_kind_cell(workspace.cluster), cluster_cell(workspace.cluster)};
  for (auto& cell : policy_cells(workspace.policy)) cells.push_back(std::move(cell));
  auto added =
      session.execute(fmt::format("INSERT INTO workspaces (name, organization, display, cluster_kind, cluster, {})"
                                  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                                  kPolicyColumns),
                      std::move(cells));
  if (!added) return fail_with("add workspace", added.error());
  return {};
}

}  // namespace

Done add_organization(Session& session, const Organization& organization) {
  if (auto named = check_name(organization.name, "organization"); !named) return named;
  auto added =
      session.execute("INSERT INTO organizations VALUES ($1, $2)", {organization.name.str(), organization.display});
  if (!added) return fail_with("add organization", added.error());
  return {};
}

Result<std::vector<Organization>> organizations(Session& session) {
  auto rows = session.query("SELECT name, display FROM organizations ORDER BY name");
  if (!rows) return std::unexpected(rows.error());
  std::vector<Organization> found;
  for (const auto& row : *rows) found.push_back({OrganizationName(row.text(0)), row.text(1)});
  return found;
}

Done add_workspace(Session& session, const Workspace& workspace) {
  if (auto named = check_name(workspace.name, "workspace"); !named) return named;
  auto known = session.query("SELECT 1 FROM organizations WHERE name = $1", {workspace.organization.str()});
  if (!known) return std::unexpected(known.error());
  if (known->empty()) return fail(Code::not_found, "add workspace", "no such organization");
  if (auto added = insert_workspace(session, workspace); !added) return added;
  for (const auto& project : workspace.projects)
    if (auto added = add_project(session, workspace.name, project); !added) return added;
  return {};
}

Result<Workspace> find_workspace(Session& session, const WorkspaceName& name) {
  auto rows = session.query(
      fmt::format(
          "SELECT organization, display, cluster_kind, cluster, bindings_revision, {} FROM workspaces WHERE name = $1",
          kPolicyColumns),
      {name.str()});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return fail(Code::not_found, "find workspace", "no such workspace");
  const Row& row = rows->front();
  auto cluster = cluster_from(row.text(2), row.blob(3));
  if (!cluster) return std::unexpected(cluster.error());
  auto policy = policy_from(row, 5);
  if (!policy) return std::unexpected(policy.error());
  auto projects = session.query("SELECT name FROM projects WHERE workspace = $1 ORDER BY name", {name.str()});
  if (!projects) return std::unexpected(projects.error());
  return Workspace{name,    OrganizationName(row.text(0)),    row.text(1),   std::move(*cluster),
                   *policy, names_of<ProjectName>(*projects), row.integer(4)};
}

Result<std::vector<WorkspaceName>> workspaces(Session& session) {
  auto rows = session.query("SELECT name FROM workspaces ORDER BY name");
  if (!rows) return std::unexpected(rows.error());
  return names_of<WorkspaceName>(*rows);
}

Result<std::vector<Workspace>> workspaces_in(Session& session, const OrganizationName& organization) {
  auto rows = session.query("SELECT name FROM workspaces WHERE organization = $1 ORDER BY name", {organization.str()});
  if (!rows) return std::unexpected(rows.error());
  std::vector<Workspace> found;
  for (const auto& name : names_of<WorkspaceName>(*rows)) {
    auto workspace = find_workspace(session, name);
    if (!workspace) return std::unexpected(workspace.error());
    found.push_back(std::move(*workspace));
  }
  return found;
}

Result<std::vector<WorkspaceName>> workspaces_of(Session& session, const UserName& user) {
  auto rows = session.query(
      "SELECT DISTINCT workspace FROM role_bindings WHERE subject = $1 AND effect = 'allow' ORDER BY workspace",
      {user.str()});
  if (!rows) return std::unexpected(rows.error());
  return names_of<WorkspaceName>(*rows);
}

Done set_cluster(Session& session, const WorkspaceName& name, const ClusterReference& cluster) {
  return changed_one(session.execute("UPDATE workspaces SET cluster_kind = $2, cluster = $3 WHERE name = $1",
                                     {name.str(), cluster_kind_cell(cluster), cluster_cell(cluster)}),
                     "set cluster");
}

Done set_policy(Session& session, const WorkspaceName& name, const WorkspacePolicy& policy) {
  std::vector<Cell> cells = {name.str()};
  for (auto& cell : policy_cells(policy)) cells.push_back(std::move(cell));
  return changed_one(
      session.execute(fmt::format("UPDATE workspaces SET ({}) = ($2, $3, $4, $5, $6) WHERE name = $1", kPolicyColumns),
                      std::move(cells)),
      "set policy");
}

Done add_project(Session& session, const WorkspaceName& workspace, const ProjectName& project) {
  if (auto named = check_name(project, "project"); !named) return named;
  auto known = bindings_revision(session, workspace);
  if (!known) return std::unexpected(known.error());
  auto added = session.execute("INSERT INTO projects VALUES ($1, $2)", {workspace.str(), project.str()});
  if (!added) return fail_with("add project", added.error());
  return {};
}

Done remove_project(Session& session, const WorkspaceName& workspace, const ProjectName& project) {
  auto removed =
      session.execute("DELETE FROM projects WHERE workspace = $1 AND name = $2", {workspace.str(), project.str()});
  if (!removed) return std::unexpected(removed.error());
  if (*removed == 0) return fail(Code::not_found, "remove project", "no such project");
  auto revoked = session.execute("DELETE FROM role_bindings WHERE workspace = $1 AND project = $2",
                                 {workspace.str(), project.str()});
  if (!revoked) return std::unexpected(revoked.error());
  return {};
}

Done set_projects(Session& session, const WorkspaceName& workspace, const std::vector<ProjectName>& projects) {
  auto found = find_workspace(session, workspace);
  if (!found) return std::unexpected(found.error());
  auto has = [](const auto& names, const ProjectName& name) { return std::ranges::find(names, name) != names.end(); };
  for (const auto& project : found->projects)
    if (!has(projects, project))
      if (auto removed = remove_project(session, workspace, project); !removed) return removed;
  for (const auto& project : projects)
    if (!has(found->projects, project))
      if (auto added = add_project(session, workspace, project); !added) return added;
  return {};
}

std::span<const foundation::database::Migration> migrations() {
  static const foundation::database::Migration kMigrations[] = {
      {"api/tenancy/store", 1, k_api_tenancy_store_0001_tenancy_sql},
      {"api/tenancy/store", 2, k_api_tenancy_store_0002_authorization_sql}};
  return kMigrations;
}

}  // namespace api::tenancy::store
