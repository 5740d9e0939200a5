// What the routes that open a turn have in common.
#pragma once
#include <vector>

#include "api/app/services.h"
#include "api/caller/caller.h"

namespace api::app {

// Of a member's session, as of now; without a message.
turns::Turn new_turn(const Services& services, const caller::Member& member, const identity::SessionUser& user,
                     turns::Kind kind, std::string conversation);
turns::RoleClaims role_claims(const std::vector<tenancy::RoleBinding>& bindings);
// Of a turn that was not opened; every other failure passes on.
foundation::Result<http::Reply> not_opened(const async::Context& ctx, const foundation::Error& error);

}  // namespace api::app
