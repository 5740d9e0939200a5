#include "api/caller/caller.h"

#include "foundation/crypto/digest.h"

namespace api::caller {

using foundation::Code;
using foundation::fail;

namespace {

auto refused(const char* why) { return fail(Code::unauthenticated, "check caller", why); }

// A database that cannot answer says nothing about the caller.
std::unexpected<foundation::Error> gone(const foundation::Error& error, const char* why) {
  if (error.code == Code::unauthenticated || error.code == Code::not_found) return refused(why);
  return std::unexpected(error);
}

}  // namespace

Result<Caller> load_caller(Session& session, const foundation::jwt::InternalClaims& claims) {
  auto turn = turns::live_turn(session, claims.turn);
  if (!turn) return std::unexpected(turn.error());
  if (turn->user.str() != claims.subject || turn->workspace.str() != claims.workspace ||
      turn->organization.str() != claims.organization)
    return refused("the token is not of this turn");
  auto credential = identity::session_by_id(session, turn->credential);
  if (!credential) return gone(credential.error(), "the session is gone");
  if (credential->user.disabled || credential->user.name != turn->user) return refused("the user is not active");
  auto workspace = tenancy::store::find_workspace(session, turn->workspace);
  if (!workspace) return gone(workspace.error(), "the workspace is gone");
  auto bindings = tenancy::store::load_bindings(session, turn->user, turn->workspace);
  if (!bindings) return std::unexpected(bindings.error());
  auto positions = turns::open_commands(session, *turn);
  if (!positions) return std::unexpected(positions.error());
  Caller caller{.turn = std::move(*turn),
                .open_commands = {},
                .command_positions = std::move(*positions),
                .user = std::move(credential->user),
                .workspace = std::move(*workspace),
                .bindings = std::move(bindings->bindings),
                .bindings_revision = bindings->revision,
                .token_digest = foundation::crypto::sha256_text(claims.jti)};
  for (std::size_t position : caller.command_positions) caller.open_commands.push_back(caller.turn.commands[position]);
  return caller;
}

Result<Caller> load_user(Session& session, turns::Turn as) {
  auto user = identity::find_user(session, as.user);
  if (!user) return std::unexpected(user.error());
  auto workspace = tenancy::store::find_workspace(session, as.workspace);
  if (!workspace) return std::unexpected(workspace.error());
  auto bindings = tenancy::store::load_bindings(session, as.user, as.workspace);
  if (!bindings) return std::unexpected(bindings.error());
  return Caller{.turn = std::move(as),
                .open_commands = {},
                .command_positions = {},
                .user = std::move(*user),
                .workspace = std::move(*workspace),
                .bindings = std::move(bindings->bindings),
                .bindings_revision = bindings->revision,
                .token_digest = {}};
}

Result<Member> load_member(Session& session, const identity::SessionUser& user,
                           const tenancy::WorkspaceName& workspace) {
  auto not_there = [] { return fail(Code::not_found, "find workspace", "no such workspace"); };
  auto found = tenancy::store::find_workspace(session, workspace);
  if (!found) return found.error().code == Code::not_found ? not_there() : std::unexpected(found.error());
  auto bindings = tenancy::store::load_bindings(session, user.user.name, workspace);
  if (!bindings) return std::unexpected(bindings.error());
  if (!tenancy::is_member(bindings->bindings, workspace)) return not_there();
  return Member{std::move(*found), std::move(bindings->bindings), bindings->revision, user.ceiling};
}

bool may(const Member& member, tenancy::Permission permission, const std::optional<tenancy::ProjectName>& project) {
  return tenancy::effective(member.bindings, member.ceiling, member.workspace.name, project).contains(permission);
}

std::vector<tenancy::ProjectName> projects_with(tenancy::Permission permission,
                                                const tenancy::store::Workspace& workspace,
                                                const std::vector<tenancy::RoleBinding>& bindings,
                                                const tenancy::Ceiling& ceiling) {
  std::vector<tenancy::ProjectName> projects;
  for (const auto& project : workspace.projects)
    if (tenancy::effective(bindings, ceiling, workspace.name, project).contains(permission))
      projects.push_back(project);
  return projects;
}

}  // namespace api::caller
