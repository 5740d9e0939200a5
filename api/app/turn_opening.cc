#include "api/app/turn_opening.h"

#include "api/app/too_many.h"
#include "foundation/base/uuid.h"

namespace api::app {

using foundation::Code;

namespace {

constexpr foundation::Milliseconds kOneMoreEnds{5'000};  // a guess for who has as many open turns as may be

}  // namespace

turns::Turn new_turn(const Services& services, const caller::Member& member, const identity::SessionUser& user,
                     turns::Kind kind, std::string conversation) {
  foundation::WallTime now = services.clock.wall();
  return {.id = foundation::new_uuid(now),
          .kind = kind,
          .user = user.user.name,
          .organization = member.workspace.organization,
          .workspace = member.workspace.name,
          .credential = user.session_id,
          .ceiling = user.ceiling,
          .conversation = std::move(conversation),
          .message = {},
          .commands = {},
          .deadline = now + turns::kTurnTime};
}

turns::RoleClaims role_claims(const std::vector<tenancy::RoleBinding>& bindings) {
  turns::RoleClaims claims;
  for (const auto& binding : bindings) {
    if (binding.denies()) continue;  // context only: what is denied is for the executor to know
    std::optional<std::string> project;
    if (binding.scope.project) project = binding.scope.project->str();
    claims.push_back({binding.role.name.str(), project});
  }
  return claims;
}

foundation::Result<http::Reply> not_opened(const async::Context& ctx, const foundation::Error& error) {
  if (error.code == Code::conflict)
    return http::problem_reply({409, "conversation_busy", "This conversation is still being answered."},
                               ctx.request_id);
  if (error.code == Code::rate_limited)
    return too_many(ctx, "Too many answers are under way; wait for one of them to end.", kOneMoreEnds);
  return std::unexpected(error);
}

}  // namespace api::app
