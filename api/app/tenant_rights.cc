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

auto no_workspace() { return fail(Code::not_found, "find workspace", "no such workspace"); }

}  // namespace

Result<identity::User> OrganizationView::check(Session& session) const {
  auto now = identity::session_by_id(session, caller.session_id);  // whether the session still stands
  if (!now) return std::unexpected(now.error());
  if (now->user.organization != organization) return fail(Code::not_found, "find organization", "no such organization");
  return std::move(now->user);
}

Result<identity::User> OrganizationRight::check(Session& session) const {
  auto user = OrganizationView{caller, organization}.check(session);
  if (!user) return user;
  if (!user->manager)
    return fail(Code::denied, "manage organization",
                "You may not manage organization " + organization.str() + "; its managers may.");
  if (caller.ceiling == tenancy::Ceiling{}) return user;
  return fail(Code::denied, "manage organization",
              "You signed in with fewer permissions than you have; sign in with all of them to manage organization " +
                  organization.str() + ".");
}

tenancy::Permissions MembersRight::Granted::may_give(const std::optional<tenancy::ProjectName>& project) const {
  if (by.manager) return ceiling.at_most;
  return tenancy::effective(bindings, ceiling, workspace.name, project);
}

Result<MembersRight::Granted> MembersRight::check(Session& session) const {
  auto now = identity::session_by_id(session, caller.session_id);
  if (!now) return std::unexpected(now.error());
  auto found = store::find_workspace(session, workspace);
  if (!found && found.error().code == Code::not_found) return no_workspace();
  if (!found) return std::unexpected(found.error());
  if (now->user.organization != found->organization) return no_workspace();
  auto bindings = store::load_bindings(session, now->user.name, workspace);
  if (!bindings) return std::unexpected(bindings.error());
  if (!now->user.manager && !tenancy::is_member(bindings->bindings, workspace)) return no_workspace();
  Granted granted{std::move(now->user), std::move(*found), now->ceiling, std::move(bindings->bindings)};
  constexpr auto kNeeded = tenancy::Permission::members_manage;
  if (granted.may_give(std::nullopt).contains(kNeeded)) return granted;
  if (!granted.ceiling.at_most.contains(kNeeded))
    return fail(Code::denied, "manage members",
                "You signed in without members.manage; sign in with it to manage the members of workspace " +
                    workspace.str() + ".");
  return fail(
      Code::denied, "manage members",
      "You may not manage the members of workspace " + workspace.str() + " (needs members.manage on all of it).");
}

OrganizationView claim_view(const foundation::http::Exchange& exchange, identity::SessionUser caller) {
  return {std::move(caller), tenancy::OrganizationName(std::string(exchange.path_value("organization")))};
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
