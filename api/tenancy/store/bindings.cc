#include <map>
#include <utility>

#include "api/tenancy/store/rows.h"
#include "api/tenancy/store/store.h"
#include "foundation/base/uuid.h"

namespace api::tenancy::store {
namespace {

using foundation::Code;
using foundation::fail;

// Each with its role as it is defined now: one read, so that nobody sees a binding with another moment's role.
constexpr std::string_view kColumns =
    "SELECT b.id, b.subject, b.role, r.permissions, w.organization, b.workspace, b.project, b.effect"
    " FROM role_bindings b JOIN workspaces w ON w.name = b.workspace"
    " LEFT JOIN roles r ON r.organization = w.organization AND r.name = b.role ";

Result<RoleBinding> binding_from(const Row& row) {
  auto role = role_from(row, 2);
  if (!role) return std::unexpected(role.error());
  auto effect = parse_binding_effect(row.text(7));
  if (!effect) return fail(Code::corrupt, "read role binding", "unknown effect");
  Scope scope{OrganizationName(row.text(4)), WorkspaceName(row.text(5)), std::nullopt};
  if (!row.text(6).empty()) scope.project = ProjectName(row.text(6));
  return RoleBinding{row.text(0), UserName(row.text(1)), std::move(*role), std::move(scope), *effect};
}

Result<std::vector<RoleBinding>> bindings_where(Session& session, std::string_view condition,
                                                std::vector<Cell> parameters) {
  auto rows = session.query(std::string(kColumns) + std::string(condition), std::move(parameters));
  if (!rows) return std::unexpected(rows.error());
  std::vector<RoleBinding> bindings;
  for (const auto& row : *rows) {
    auto binding = binding_from(row);
    if (!binding) return std::unexpected(binding.error());
    bindings.push_back(std::move(*binding));
  }
  return bindings;
}

// The workspace is there, belongs to the organization that the binding names, and has the project.
Done check_scope(Session& session, const Scope& scope) {
  auto rows = session.query(
      "SELECT $3 = '' OR EXISTS (SELECT 1 FROM projects p WHERE p.workspace = w.name AND p.name = $3)"
      " FROM workspaces w WHERE w.name = $1 AND w.organization = $2",
      {scope.workspace.str(), scope.organization.str(), project_cell(scope.project)});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return fail(Code::not_found, "grant role", "no such workspace in the organization");
  if (rows->front().integer(0) == 0) return fail(Code::not_found, "grant role", "no such project");
  return {};
}

}  // namespace

Result<std::string> grant(Session& session, const RoleBinding& binding) {
  const Scope& scope = binding.scope;
  if (auto named = check_name(binding.subject, "user"); !named) return std::unexpected(named.error());
  if (scope.project && scope.project->empty()) return fail(Code::invalid, "grant role", "an empty project name");
  if (auto there = check_scope(session, scope); !there) return std::unexpected(there.error());
  if (auto known = find_role(session, scope.organization, binding.role.name); !known)
    return std::unexpected(known.error());
  auto id = foundation::new_uuid(session.now());
  auto added = session.execute(
      "INSERT INTO role_bindings (id, workspace, project, subject, role, effect) VALUES ($1, $2, $3, $4, $5, $6)",
      {id, scope.workspace.str(), project_cell(scope.project), binding.subject.str(), binding.role.name.str(),
       std::string(to_string(binding.effect))});
  if (!added) return fail_with("grant role", added.error());
  return id;
}

Result<RoleBinding> revoke(Session& session, const WorkspaceName& workspace, const std::string& id) {
  auto found = bindings_where(session, "WHERE b.workspace = $1 AND b.id = $2", {workspace.str(), id});
  if (!found) return std::unexpected(found.error());
  if (found->empty()) return fail(Code::not_found, "revoke role", "no such role binding");
  auto removed = session.execute("DELETE FROM role_bindings WHERE id = $1", {id});
  if (!removed) return std::unexpected(removed.error());
  return std::move(found->front());
}

Result<std::int64_t> bindings_revision(Session& session, const WorkspaceName& workspace) {
  auto rows = session.query("SELECT bindings_revision FROM workspaces WHERE name = $1", {workspace.str()});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return fail(Code::not_found, "find workspace", "no such workspace");
  return rows->front().integer(0);
}

Result<Bindings> load_bindings(Session& session, const UserName& user, const WorkspaceName& workspace) {
  auto revision = bindings_revision(session, workspace);
  if (!revision) return std::unexpected(revision.error());
  auto bindings =
      bindings_where(session, "WHERE b.workspace = $1 AND b.subject = $2 ORDER BY b.id", {workspace.str(), user.str()});
  if (!bindings) return std::unexpected(bindings.error());
  return Bindings{std::move(*bindings), *revision};
}

Result<std::vector<RoleBinding>> list_bindings(Session& session, const WorkspaceName& workspace) {
  if (auto known = bindings_revision(session, workspace); !known) return std::unexpected(known.error());
  return bindings_where(session, "WHERE b.workspace = $1 ORDER BY b.subject, b.project, b.id", {workspace.str()});
}

Result<std::vector<UserName>> who_can(Session& session, const WorkspaceName& workspace,
                                      const std::optional<ProjectName>& project, Permission permission) {
  auto bindings = list_bindings(session, workspace);
  if (!bindings) return std::unexpected(bindings.error());
  std::map<UserName, std::vector<RoleBinding>> by_subject;
  for (auto& binding : *bindings) by_subject[binding.subject].push_back(std::move(binding));
  std::vector<UserName> able;
  for (const auto& [subject, own] : by_subject)
    if (effective(own, {}, workspace, project).contains(permission)) able.push_back(subject);
  return able;
}

}  // namespace api::tenancy::store
