// Who has which role in a workspace: its role bindings, listed, granted and revoked.
#include "api/app/handlers.h"
#include "api/app/tenant_rights.h"
#include "foundation/json/fields.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;
using foundation::database::Durability;
using foundation::database::Session;

namespace {

constexpr std::size_t kMaxNameBytes = 63;
constexpr std::size_t kMaxMembers = 1'000;  // of one workspace

struct NewMember {
  tenancy::UserName user;
  tenancy::Role role{};
  std::optional<tenancy::ProjectName> project;
};

Result<NewMember> read_member(const std::string& body) {
  auto value = json::parse_strict(body);
  if (!value) return std::unexpected(value.error());
  json::Fields fields(*value);
  NewMember member{.user = tenancy::UserName(fields.text("user", kMaxNameBytes)), .role = {}, .project = {}};
  auto role = tenancy::parse_role(fields.text("role", kMaxNameBytes));
  if (!role) fields.refuse("role", "must be viewer, editor or admin");
  member.role = role.value_or(tenancy::Role::viewer);
  auto project = fields.optional_text("project", kMaxNameBytes);
  if (project && !tenancy::is_name(*project)) fields.refuse("project", "must be a project's name");
  if (project) member.project = tenancy::ProjectName(*project);
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return member;
}

json::Object member_json(const tenancy::RoleBinding& binding) {
  json::Value project;
  if (binding.scope.project) project = binding.scope.project->str();
  return {{"id", binding.id},
          {"user", binding.subject.str()},
          {"role", tenancy::to_string(binding.role)},
          {"project", project}};
}

Result<json::Array> members_json(Session& session, const identity::SessionUser& caller,
                                 const tenancy::WorkspaceName& name) {
  auto workspace = check_members_manage(session, caller, name);
  if (!workspace) return std::unexpected(workspace.error());
  auto bindings = tenancy::store::list_bindings(session, name);
  if (!bindings) return std::unexpected(bindings.error());
  json::Array members;
  for (const auto& binding : *bindings) members.push_back(member_json(binding));
  return members;
}

Done check_room(Session& session, const tenancy::WorkspaceName& workspace) {
  auto bindings = tenancy::store::list_bindings(session, workspace);
  if (!bindings) return std::unexpected(bindings.error());
  if (bindings->size() < kMaxMembers) return {};
  return fail(Code::conflict, "add member", "the workspace has 1000 members, the most there may be");
}

Result<tenancy::RoleBinding> grant(Session& session, const identity::SessionUser& caller,
                                   const tenancy::WorkspaceName& name, const NewMember& member) {
  auto workspace = check_members_manage(session, caller, name);
  if (!workspace) return std::unexpected(workspace.error());
  auto user = identity::find_user(session, member.user);
  if (!user && user.error().code != Code::not_found) return std::unexpected(user.error());
  if (!user || user->organization != workspace->organization)
    return fail(Code::not_found, "add member", "no such user in the organization");
  if (auto room = check_room(session, name); !room) return std::unexpected(room.error());
  tenancy::RoleBinding binding{"", member.user, member.role, {workspace->organization, name, member.project}};
  auto id = tenancy::store::grant(session, binding);
  if (!id && id.error().code == Code::conflict)
    return fail(Code::conflict, "add member", "the user has this role there already");
  if (!id) return std::unexpected(id.error());
  binding.id = *id;
  auto noted = audit_change(session, audit::Kind::binding_granted, caller, name, member_json(binding));
  if (!noted) return std::unexpected(noted.error());
  return binding;
}

Done revoke(Session& session, const identity::SessionUser& caller, const tenancy::WorkspaceName& name,
            const std::string& id) {
  auto workspace = check_members_manage(session, caller, name);
  if (!workspace) return std::unexpected(workspace.error());
  auto binding = tenancy::store::revoke(session, name, id);
  if (!binding) return std::unexpected(binding.error());
  return audit_change(session, audit::Kind::binding_revoked, caller, name, member_json(*binding));
}

}  // namespace

async::Task<http::Reply> list_members(Services& services, async::Context& ctx, http::Exchange& exchange,
                                      identity::SessionUser user) {
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto members = co_await services.database.read(
      [user, workspace](Session& session) { return members_json(session, user, workspace); });
  if (!members) co_return refusal_of(members.error(), ctx);
  co_return http::json_reply(200, json::Object{{"members", std::move(*members)}});
}

async::Task<http::Reply> add_member(Services& services, async::Context& ctx, http::Exchange& exchange,
                                    identity::SessionUser user) {
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto may = co_await services.database.read(
      [user, workspace](Session& session) { return check_members_manage(session, user, workspace); });
  if (!may) co_return refusal_of(may.error(), ctx);
  auto member = read_member(exchange.request().body);
  if (!member) co_return std::unexpected(member.error());
  auto granted = co_await services.database.write(
      Durability::durable,
      [user, workspace, member = *member](Session& session) { return grant(session, user, workspace, member); });
  if (!granted) co_return refusal_of(granted.error(), ctx);
  co_return http::json_reply(201, member_json(*granted));
}

async::Task<http::Reply> remove_member(Services& services, async::Context& ctx, http::Exchange& exchange,
                                       identity::SessionUser user) {
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  std::string id(exchange.path_value("member"));
  auto revoked = co_await services.database.write(
      Durability::durable, [user, workspace, id](Session& session) { return revoke(session, user, workspace, id); });
  if (!revoked) co_return refusal_of(revoked.error(), ctx);
  co_return http::Reply{.status = 204};
}

}  // namespace api::app
