// Who may manage a tenant: its users, its workspaces and the bindings in them. A handler claims one of the rights below
// and asks for it twice: before it looks at the body, and inside the transaction that reads or changes something, so
// that a right taken away meanwhile is gone. What the caller may not know of answers as if it were not there.
// Errors of both: unauthenticated (the session has ended), not_found, denied (a sentence for the user as its cause).
#pragma once
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "api/audit/audit.h"
#include "api/identity/identity.h"
#include "api/tenancy/store/store.h"
#include "foundation/database/database.h"
#include "foundation/http/server.h"

namespace api::app {

// The caller, as somebody of their own organization.
struct OrganizationView {
  identity::SessionUser caller;
  tenancy::OrganizationName organization;
  foundation::Result<identity::User> check(foundation::database::Session& session) const;
};

// The caller, as a manager of their own organization, in a session that may everything: who manages users could else
// sign in as one who may more.
struct OrganizationRight {
  identity::SessionUser caller;
  tenancy::OrganizationName organization;
  foundation::Result<identity::User> check(foundation::database::Session& session) const;
};

// For holders of members.manage on all of the workspace, and for the managers of its organization.
struct MembersRight {
  struct Granted {
    identity::User by;
    tenancy::store::Workspace workspace;
    tenancy::Ceiling ceiling;                    // of the session
    std::vector<tenancy::RoleBinding> bindings;  // of `by`
    // What they may give others in `project`: no more than they have there; of a manager, whose office gives them no
    // permission, no more than their session may.
    tenancy::Permissions may_give(const std::optional<tenancy::ProjectName>& project) const;
  };
  identity::SessionUser caller;
  tenancy::WorkspaceName workspace;
  foundation::Result<Granted> check(foundation::database::Session& session) const;
};

// As the path names them.
OrganizationView claim_view(const foundation::http::Exchange& exchange, identity::SessionUser caller);
OrganizationRight claim_organization(const foundation::http::Exchange& exchange, identity::SessionUser caller);
MembersRight claim_members(const foundation::http::Exchange& exchange, identity::SessionUser caller);

// Whether the right is there now.
template <class Right>
auto ask(foundation::database::Database& database, Right right) {
  return database.read(
      [right = std::move(right)](foundation::database::Session& session) { return right.check(session); });
}

// `work` behind the right: it is handed the session and what the right's check returned.
template <class Right, class Work>
auto behind(Right right, Work work) {
  using foundation::database::Session;
  using Granted = std::invoke_result_t<decltype(&Right::check), const Right&, Session&>::value_type;
  using Worked = std::invoke_result_t<const Work&, Session&, const Granted&>;
  return [right = std::move(right), work = std::move(work)](Session& session) -> Worked {
    auto granted = right.check(session);
    if (!granted) return std::unexpected(granted.error());
    return work(session, *granted);
  };
}

template <class Right, class Work>
auto read_as(foundation::database::Database& database, Right right, Work work) {
  return database.read(behind(std::move(right), std::move(work)));
}
template <class Right, class Work>
auto write_as(foundation::database::Database& database, Right right, Work work) {
  return database.write(foundation::database::Durability::durable, behind(std::move(right), std::move(work)));
}

// One change by its maker. `what` names it, never a secret.
foundation::Done audit_change(foundation::database::Session& session, audit::Kind kind, const identity::User& maker,
                              const std::optional<tenancy::WorkspaceName>& workspace, foundation::json::Object what);

}  // namespace api::app
