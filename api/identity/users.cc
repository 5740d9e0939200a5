#include <utility>

#include "api/identity/identity.h"

extern const char k_api_identity_0001_identity_sql[];

namespace api::identity {
namespace {

using foundation::Code;
using foundation::fail;
using foundation::database::Row;

User user_from(const Row& row) {
  return {UserName(row.text(0)), OrganizationName(row.text(1)), row.text(2), row.integer(3) != 0};
}

Done changed_one(const Result<std::int64_t>& changed) {
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return fail(Code::not_found, "change user", "no such user");
  return {};
}

}  // namespace

Done add_user(Session& session, const User& user, const std::string& password_hash) {
  if (!tenancy::is_name(user.name.str())) return fail(Code::invalid, "add user", "not a name by RFC 1123");
  if (!tenancy::is_name(user.organization.str())) return fail(Code::invalid, "add user", "no organization");
  auto added = session.execute(
      "INSERT INTO users (name, organization, display, password_hash, disabled, added_at)"
      " VALUES ($1, $2, $3, $4, $5, $6)",
      {user.name.str(), user.organization.str(), user.display, password_hash, std::int64_t(user.disabled),
       std::int64_t(session.now().time_since_epoch().count())});
  if (!added) return fail_with("add user", added.error());
  return {};
}

Result<bool> ensure_user(Session& session, const User& user, const std::string& password_hash) {
  auto found = find_user(session, user.name);
  if (found) return false;
  if (found.error().code != Code::not_found) return std::unexpected(found.error());
  if (auto added = add_user(session, user, password_hash); !added) return std::unexpected(added.error());
  return true;
}

Result<User> find_user(Session& session, const UserName& name) {
  auto rows = session.query("SELECT name, organization, display, disabled FROM users WHERE name = $1", {name.str()});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return fail(Code::not_found, "find user", "no such user");
  return user_from(rows->front());
}

Result<std::vector<User>> users(Session& session, const OrganizationName& organization) {
  auto rows =
      session.query("SELECT name, organization, display, disabled FROM users WHERE organization = $1 ORDER BY name",
                    {organization.str()});
  if (!rows) return std::unexpected(rows.error());
  std::vector<User> found;
  for (const auto& row : *rows) found.push_back(user_from(row));
  return found;
}

Done set_password(Session& session, const UserName& name, const std::string& password_hash) {
  auto changed =
      changed_one(session.execute("UPDATE users SET password_hash = $2 WHERE name = $1", {name.str(), password_hash}));
  return changed ? close_sessions_of(session, name) : changed;
}

Done set_disabled(Session& session, const UserName& name, bool disabled) {
  auto changed = changed_one(
      session.execute("UPDATE users SET disabled = $2 WHERE name = $1", {name.str(), std::int64_t(disabled)}));
  return changed && disabled ? close_sessions_of(session, name) : changed;
}

std::span<const foundation::database::Migration> migrations() {
  static const foundation::database::Migration kMigrations[] = {{"api/identity", 1, k_api_identity_0001_identity_sql}};
  return kMigrations;
}

}  // namespace api::identity
