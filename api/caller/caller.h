// Who is asking, on the latest data. A token says who the user was; this says whether its turn is live, its session
// good, its user active, and what the user may do now. Read inside the caller's transaction: for a change, the one that
// writes the intent, so that a revocation committed before it always wins.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/identity/identity.h"
#include "api/tenancy/store/store.h"
#include "api/turns/turn_store.h"
#include "foundation/database/database.h"
#include "foundation/jwt/internal_token.h"

namespace api::caller {

using foundation::Result;
using foundation::database::Session;

// The bearer of a verified Internal JWT.
struct Caller {
  turns::Turn turn;
  std::vector<operations::Command> open_commands;  // of the turn, not consumed yet
  std::vector<std::size_t> command_positions;      // where those stand in the turn
  identity::User user;
  tenancy::store::Workspace workspace;
  std::vector<tenancy::RoleBinding> bindings;
  std::int64_t bindings_revision = 0;
  std::string token_digest;  // of the jti
};

// Code::unauthenticated: the turn is not live, it is not the token's, its session is gone or its user disabled.
Result<Caller> load_caller(Session& session, const foundation::jwt::InternalClaims& claims);

// The same for a change that no live turn carries: one that was proposed before, or that a user asks for by hand. `as`
// says who, where, and under which ceiling; its commands do not count. Code::not_found: the user or workspace is gone.
Result<Caller> load_user(Session& session, turns::Turn as);

// A signed-in user in a workspace of theirs.
struct Member {
  tenancy::store::Workspace workspace;
  std::vector<tenancy::RoleBinding> bindings;
  std::int64_t bindings_revision = 0;
  tenancy::Ceiling ceiling;  // of their session
};

// Code::not_found when there is no such workspace or the user is no member of it: the two look the same.
Result<Member> load_member(Session& session, const identity::SessionUser& user,
                           const tenancy::WorkspaceName& workspace);

// Whether the member has `permission` in this project (none: in all of the workspace). Who may not read objects there
// may not know of anything that was done to them either.
bool may(const Member& member, tenancy::Permission permission, const std::optional<tenancy::ProjectName>& project);

// The projects of the workspace in which these bindings give `permission` under the ceiling.
std::vector<tenancy::ProjectName> projects_with(tenancy::Permission permission,
                                                const tenancy::store::Workspace& workspace,
                                                const std::vector<tenancy::RoleBinding>& bindings,
                                                const tenancy::Ceiling& ceiling);

}  // namespace api::caller
