// Who has which role in a workspace: its role bindings, listed, granted and revoked. Nobody gives others more than they
// have there themselves, neither by an allow nor by taking back a deny.
#include <fmt/format.h>

#include "api/app/body.h"
#include "api/app/handlers.h"
#include "api/app/tenant_rights.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;
using foundation::database::Session;

namespace {

using Granted = MembersRight::Granted;

constexpr std::size_t kMaxMembers = 1'000;  // of one workspace

struct NewMember {
  tenancy::UserName user;
  tenancy::RoleName role;
  std::optional<tenancy::ProjectName> project;
  tenancy::BindingEffect effect = tenancy::BindingEffect::allow;
};

NewMember read_member(json::Fields& fields) {
  NewMember member{.user = tenancy::UserName(fields.text("user", kMaxNameBytes)),
                   .role = tenancy::RoleName(fields.text("role", kMaxNameBytes)),
                   .project = {}};
  auto project = fields.optional_text("project", kMaxNameBytes);
  if (project && !tenancy::is_name(*project)) fields.refuse("project", "must be a project's name");
  if (project) member.project = tenancy::ProjectName(*project);
  auto effect = fields.optional_text("effect", kMaxNameBytes);
  auto known = tenancy::parse_binding_effect(effect.value_or("allow"));
  if (!known) fields.refuse("effect", "must be allow or deny");
  if (known) member.effect = *known;
  return member;
}

json::Object member_json(const tenancy::RoleBinding& binding) {
  json::Value project;
  if (binding.scope.project) project = binding.scope.project->str();
  return {{"id", binding.id},
          {"user", binding.subject.str()},
          {"role", binding.role.name.str()},
          {"project", project},
          {"effect", tenancy::to_string(binding.effect)}};
}

Result<json::Array> members_json(Session& session, const Granted& granted) {
  auto bindings = tenancy::store::list_bindings(session, granted.workspace.name);
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

// Somebody gets the binding's permissions: by this allow, or because this deny goes.
Done check_may_give(const Granted& granted, const tenancy::RoleBinding& binding) {
  auto lacking = binding.role.permissions - granted.may_give(binding.scope.project);
  if (lacking.empty()) return {};
  return fail(Code::denied, "give permissions",
              fmt::format("You cannot give others what you do not have there yourself: {}.", text_of(lacking)));
}

Result<tenancy::Role> role_named(Session& session, const Granted& granted, const tenancy::RoleName& name) {
  auto role = tenancy::store::find_role(session, granted.workspace.organization, name);
  if (role || role.error().code != Code::not_found) return role;
  return fail(Code::invalid, "$.role", "must be viewer, editor, admin or a role of the organization");
}

Result<tenancy::RoleBinding> grant(Session& session, const Granted& granted, const NewMember& member) {
  const auto& workspace = granted.workspace;
  auto role = role_named(session, granted, member.role);
  if (!role) return std::unexpected(role.error());
  auto user = identity::find_user(session, member.user);
  if (!user && user.error().code != Code::not_found) return std::unexpected(user.error());
  if (!user || user->organization != workspace.organization)
    return fail(Code::not_found, "add member", "no such user in the organization");
  if (auto room = check_room(session, workspace.name); !room) return std::unexpected(room.error());
  tenancy::RoleBinding binding{
      "", member.user, std::move(*role), {workspace.organization, workspace.name, member.project}, member.effect};
  if (!binding.denies())
    if (auto may = check_may_give(granted, binding); !may) return std::unexpected(may.error());
  auto id = tenancy::store::grant(session, binding);
  if (!id && id.error().code == Code::conflict)
    return fail(Code::conflict, "add member", "the user has this role there already");
  if (!id) return std::unexpected(id.error());
  binding.id = *id;
  auto noted = audit_change(session, audit::Kind::binding_granted, granted.by, workspace.name, member_json(binding));
  if (!noted) return std::unexpected(noted.error());
  return binding;
}

Done revoke(Session& session, const Granted& granted, const std::string& id) {
  const auto& workspace = granted.workspace.name;
  auto binding = tenancy::store::revoke(session, workspace, id);
  if (!binding) return std::unexpected(binding.error());
  if (binding->denies())
    if (auto may = check_may_give(granted, *binding); !may) return may;  // and the deny stays
  return audit_change(session, audit::Kind::binding_revoked, granted.by, workspace, member_json(*binding));
}

}  // namespace

async::Task<http::Reply> list_members(Services& services, async::Context&, http::Exchange& exchange,
                                      identity::SessionUser user) {
  auto members = co_await read_as(services.database, claim_members(exchange, std::move(user)), members_json);
  if (!members) co_return std::unexpected(members.error());
  co_return http::json_reply(200, json::Object{{"members", std::move(*members)}});
}

async::Task<http::Reply> add_member(Services& services, async::Context&, http::Exchange& exchange,
                                    identity::SessionUser user) {
  MembersRight claimed = claim_members(exchange, std::move(user));
  if (auto may = co_await ask(services.database, claimed); !may) co_return std::unexpected(may.error());
  auto member = read_body(exchange, read_member);
  if (!member) co_return std::unexpected(member.error());
  auto added = co_await write_as(
      services.database, claimed,
      [member = *member](Session& session, const Granted& granted) { return grant(session, granted, member); });
  if (!added) co_return std::unexpected(added.error());
  co_return http::json_reply(201, member_json(*added));
}

async::Task<http::Reply> remove_member(Services& services, async::Context&, http::Exchange& exchange,
                                       identity::SessionUser user) {
  auto revoked =
      co_await write_as(services.database, claim_members(exchange, std::move(user)),
                        [id = std::string(exchange.path_value("member"))](Session& session, const Granted& granted) {
                          return revoke(session, granted, id);
                        });
  if (!revoked) co_return std::unexpected(revoked.error());
  co_return http::Reply{.status = 204};
}

}  // namespace api::app
