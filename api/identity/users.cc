#include <fmt/format.h>

#include <utility>

#include "api/identity/identity.h"

extern const char k_api_identity_0001_identity_sql[];
extern const char k_api_identity_0002_invitations_sql[];
extern const char k_api_identity_0003_session_ceiling_sql[];

namespace api::identity {
namespace {

using foundation::Code;
using foundation::fail;
using foundation::database::Row;

constexpr std::string_view kColumns = "SELECT name, organization, display, disabled, manager FROM users ";

User user_from(const Row& row) {
  return {UserName(row.text(0)), OrganizationName(row.text(1)), row.text(2), row.integer(3) != 0, row.integer(4) != 0};
}

Done changed_one(const Result<std::int64_t>& changed) {
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return fail(Code::not_found, "change user", "no such user");
  return {};
}

Done check_room(Session& session, const OrganizationName& organization) {
  auto rows = session.query("SELECT count(*) FROM users WHERE organization = $1", {organization.str()});
  if (!rows) return std::unexpected(rows.error());
  if (std::size_t(rows->front().integer(0)) < kMaxUsers) return {};
  return fail(Code::conflict, "add user",
              fmt::format("the organization has {} users, the most there may be", kMaxUsers));
}

// One of the organization's managers is about to be none any more.
Done leave_a_manager(Session& session, const User& leaving) {
  auto others = session.query(
      "SELECT 1 FROM users WHERE organization = $1 AND name <> $2 AND manager = 1 AND disabled = 0"
      " AND password_hash <> '' LIMIT 1",
      {leaving.organization.str(), leaving.name.str()});
  if (!others) return std::unexpected(others.error());
  if (!others->empty()) return {};
  return fail(Code::conflict, "change user", "it is the last manager of the organization who can sign in");
}

bool manages(const User& user) { return user.manager && !user.disabled; }

}  // namespace

Done add_user(Session& session, const User& user, const std::string& password_hash) {
  if (!tenancy::is_name(user.name.str())) return fail(Code::invalid, "add user", "not a name by RFC 1123");
  if (!tenancy::is_name(user.organization.str())) return fail(Code::invalid, "add user", "no organization");
  if (auto room = check_room(session, user.organization); !room) return room;
  auto added = session.execute(
      "INSERT INTO users (name, organization, display, password_hash, disabled, manager, added_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {user.name.str(), user.organization.str(), user.display, password_hash, std::int64_t(user.disabled),
       std::int64_t(user.manager), std::int64_t(session.now().time_since_epoch().count())});
  if (!added && added.error().code == Code::conflict) return fail(Code::conflict, "add user", "the name is taken");
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
  auto rows = session.query(std::string(kColumns) + "WHERE name = $1", {name.str()});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return fail(Code::not_found, "find user", "no such user");
  return user_from(rows->front());
}

Result<std::vector<User>> users(Session& session, const OrganizationName& organization) {
  auto rows = session.query(std::string(kColumns) + "WHERE organization = $1 ORDER BY name", {organization.str()});
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

Done set_display(Session& session, const UserName& name, const std::string& display) {
  return changed_one(session.execute("UPDATE users SET display = $2 WHERE name = $1", {name.str(), display}));
}

Done set_disabled(Session& session, const UserName& name, bool disabled) {
  auto user = find_user(session, name);
  if (!user) return std::unexpected(user.error());
  if (disabled && manages(*user))
    if (auto left = leave_a_manager(session, *user); !left) return left;
  auto changed = changed_one(
      session.execute("UPDATE users SET disabled = $2 WHERE name = $1", {name.str(), std::int64_t(disabled)}));
  if (!changed || !disabled) return changed;
  auto taken_back = session.execute("DELETE FROM invitations WHERE user_name = $1", {name.str()});
  if (!taken_back) return std::unexpected(taken_back.error());
  return close_sessions_of(session, name);
}

Done set_manager(Session& session, const UserName& name, bool manager) {
  auto user = find_user(session, name);
  if (!user) return std::unexpected(user.error());
  if (!manager && manages(*user))
    if (auto left = leave_a_manager(session, *user); !left) return left;
  return changed_one(
      session.execute("UPDATE users SET manager = $2 WHERE name = $1", {name.str(), std::int64_t(manager)}));
}

Result<bool> has_manager(Session& session, const OrganizationName& organization) {
  auto rows =
      session.query("SELECT 1 FROM users WHERE organization = $1 AND manager = 1 LIMIT 1", {organization.str()});
  if (!rows) return std::unexpected(rows.error());
  return !rows->empty();
}

std::span<const foundation::database::Migration> migrations() {
  static const foundation::database::Migration kMigrations[] = {
      {"api/identity", 1, k_api_identity_0001_identity_sql},
      {"api/identity", 2, k_api_identity_0002_invitations_sql},
      {"api/identity", 3, k_api_identity_0003_session_ceiling_sql}};
  return kMigrations;
}

}  // namespace api::identity
