#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/tenancy/store/rows.h"
#include "api/tenancy/store/store.h"

namespace api::tenancy::store {
namespace {

using foundation::Code;
using foundation::fail;

Done check_role(const Role& role) {
  if (auto named = check_name(role.name, "role"); !named) return named;
  if (role.permissions.empty()) return fail(Code::invalid, "check role", "a role without a permission");
  return {};
}

Result<bool> is_bound(Session& session, const OrganizationName& organization, const RoleName& name) {
  auto rows = session.query(
      "SELECT 1 FROM role_bindings b JOIN workspaces w ON w.name = b.workspace"
      " WHERE w.organization = $1 AND b.role = $2 LIMIT 1",
      {organization.str(), name.str()});
  if (!rows) return std::unexpected(rows.error());
  return !rows->empty();
}

Done check_own(const RoleName& name) {
  if (!built_in_role(name.str())) return {};
  return fail(Code::conflict, "change role", name.str() + " is built in and stays as it is");
}

auto no_role() { return fail(Code::not_found, "find role", "no such role"); }

}  // namespace

// What a role allows may be guessed low, what it denies may not: of a damaged one nothing is guessed.
Result<Role> role_from(const Row& row, std::size_t first_column) {
  std::string name = row.text(first_column);
  if (auto built_in = built_in_role(name)) return *built_in;
  auto permissions = parse_permissions(row.optional_text(first_column + 1).value_or(""));
  if (!permissions) return fail(Code::corrupt, "read role", "its permissions cannot be read");
  return Role{RoleName(std::move(name)), *permissions};
}

Result<std::vector<Role>> roles(Session& session, const OrganizationName& organization) {
  auto rows =
      session.query("SELECT name, permissions FROM roles WHERE organization = $1 ORDER BY name", {organization.str()});
  if (!rows) return std::unexpected(rows.error());
  std::vector<Role> found;
  for (const auto& row : *rows) {
    auto role = role_from(row, 0);
    if (!role) return std::unexpected(role.error());
    found.push_back(std::move(*role));
  }
  return found;
}

Result<Role> find_role(Session& session, const OrganizationName& organization, const RoleName& name) {
  if (auto built_in = built_in_role(name.str())) return *built_in;
  auto rows = session.query("SELECT name, permissions FROM roles WHERE organization = $1 AND name = $2",
                            {organization.str(), name.str()});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return no_role();
  return role_from(rows->front(), 0);
}

Done add_role(Session& session, const OrganizationName& organization, const Role& role) {
  if (auto checked = check_role(role); !checked) return checked;
  auto known = roles(session, organization);
  if (!known) return std::unexpected(known.error());
  bool taken = built_in_role(role.name.str()) || std::ranges::find(*known, role.name, &Role::name) != known->end();
  if (taken) return fail(Code::conflict, "add role", "there is a role of this name");
  if (known->size() >= kMaxRoles)
    return fail(Code::conflict, "add role",
                fmt::format("the organization has {} roles, the most there may be", kMaxRoles));
  auto added = session.execute("INSERT INTO roles (organization, name, permissions) VALUES ($1, $2, $3)",
                               {organization.str(), role.name.str(), to_text(role.permissions)});
  if (!added) return fail_with("add role", added.error());
  return {};
}

Done change_role(Session& session, const OrganizationName& organization, const Role& role) {
  if (auto own = check_own(role.name); !own) return own;
  if (auto checked = check_role(role); !checked) return checked;
  auto changed = session.execute("UPDATE roles SET permissions = $3 WHERE organization = $1 AND name = $2",
                                 {organization.str(), role.name.str(), to_text(role.permissions)});
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return no_role();
  return {};
}

Result<Role> remove_role(Session& session, const OrganizationName& organization, const RoleName& name) {
  if (auto own = check_own(name); !own) return std::unexpected(own.error());
  auto role = find_role(session, organization, name);
  if (!role) return role;
  auto bound = is_bound(session, organization, name);
  if (!bound) return std::unexpected(bound.error());
  if (*bound) return fail(Code::conflict, "remove role", "somebody has this role; take it from them first");
  auto removed =
      session.execute("DELETE FROM roles WHERE organization = $1 AND name = $2", {organization.str(), name.str()});
  if (!removed) return std::unexpected(removed.error());
  return role;
}

}  // namespace api::tenancy::store
