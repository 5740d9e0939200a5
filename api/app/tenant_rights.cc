#include "api/app/tenant_rights.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;
using foundation::database::Session;
namespace json = foundation::json;
namespace store = tenancy::store;

namespace {

// As the database has them now: the flag, and whether the session still stands.
Result<identity::User> caller_now(Session& session, const identity::SessionUser& caller) {
  auto now = identity::session_by_id(session, caller.session_id);
  if (!now) return std::unexpected(now.error());
  return std::move(now->user);
}

auto no_workspace() { return fail(Code::not_found, "find workspace", "no such workspace"); }

}  // namespace

Result<identity::User> OrganizationRight::check(Session& session) const {
  auto user = caller_now(session, caller);
  if (!user) return std::unexpected(user.error());
  if (user->organization != organization) return fail(Code::not_found, "find organization", "no such organization");
  if (user->manager) return user;
  return fail(Code::denied, "manage organization",
              "You may not manage organization " + organization.str() + "; its managers may.");
}

Result<MembersRight::Granted> MembersRight::check(Session& session) const {
  auto user = caller_now(session, caller);
  if (!user) return std::unexpected(user.error());
  auto found = store::find_workspace(session, workspace);
  if (!found && found.error().code == Code::not_found) return no_workspace();
  if (!found) return std::unexpected(found.error());
  if (user->manager && user->organization == found->organization) return Granted{std::move(*user), std::move(*found)};
  auto bindings = store::load_bindings(session, user->name, workspace);
  if (!bindings) return std::unexpected(bindings.error());
  if (bindings->bindings.empty()) return no_workspace();
  auto held = tenancy::effective(bindings->bindings, {}, workspace, std::nullopt);
  if (held.contains(tenancy::Permission::members_manage)) return Granted{std::move(*user), std::move(*found)};
  return fail(
      Code::denied, "manage members",
      "You may not manage the members of workspace " + workspace.str() + " (needs members.manage on all of it).");
}

OrganizationRight claim_organization(const foundation::http::Exchange& exchange, identity::SessionUser caller) {
  return {std::move(caller), tenancy::OrganizationName(std::string(exchange.path_value("organization")))};
}

MembersRight claim_members(const foundation::http::Exchange& exchange, identity::SessionUser caller) {
  return {std::move(caller), tenancy::WorkspaceName(std::string(exchange.path_value("workspace")))};
}

Done audit_change(Session& session, audit::Kind kind, const identity::User& maker,
                  const std::optional<tenancy::WorkspaceName>& workspace, json::Object what) {
  audit::AuditEntry entry;
  entry.kind = kind;
  entry.organization = maker.organization.str();
  if (workspace) entry.workspace = workspace->str();
  entry.subject = maker.name.str();
  entry.arguments = std::move(what);
  entry.origin = "api";
  auto record = audit::append(session, entry, session.now());
  return record ? Done{} : Done(std::unexpected(record.error()));
}

}  // namespace api::app
