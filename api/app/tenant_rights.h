// Who may manage a tenant: its users, its workspaces and the bindings in them. Each handler asks twice: before it looks
// at the body, and inside the transaction that changes something, so that a right taken away meanwhile is gone. What
// the caller may not know of answers as if it were not there.
// Errors of both: unauthenticated (the session has ended), not_found, denied (a sentence for the user as its cause).
#pragma once
#include "api/audit/audit.h"
#include "api/identity/identity.h"
#include "api/tenancy/store/store.h"
#include "foundation/async/context.h"
#include "foundation/http/message.h"

namespace api::app {

// The caller, as a manager of their own organization.
foundation::Result<identity::User> check_manager(foundation::database::Session& session,
                                                 const identity::SessionUser& caller,
                                                 const tenancy::OrganizationName& organization);
// The workspace, for holders of members.manage on all of it and for the managers of its organization.
foundation::Result<tenancy::store::Workspace> check_members_manage(foundation::database::Session& session,
                                                                   const identity::SessionUser& caller,
                                                                   const tenancy::WorkspaceName& workspace);

// A denied one becomes its 403 with the reason; every other goes on as it is.
foundation::Result<foundation::http::Reply> refusal_of(const foundation::Error& error,
                                                       const foundation::async::Context& ctx);

// One change by its maker. `what` names it, never a secret.
foundation::Done audit_change(foundation::database::Session& session, audit::Kind kind,
                              const identity::SessionUser& maker,
                              const std::optional<tenancy::WorkspaceName>& workspace, foundation::json::Object what);

}  // namespace api::app
