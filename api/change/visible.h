// What the members of a workspace may see of its changes: those to objects that they may read. Any other looks as if
// there were none. Runs inside the caller's transaction.
#pragma once
#include <string>
#include <vector>

#include "api/caller/caller.h"
#include "api/change/approval_store.h"
#include "api/change/operation_store.h"
#include "api/identity/identity.h"

namespace api::change {

// Who looks, and where.
struct Viewer {
  identity::SessionUser user;
  tenancy::WorkspaceName workspace;
};

template <class Row>
struct Seen {
  caller::Member by;
  Row row;
};

// Code::not_found: the workspace is none of the user's, or there is no such row that they may see.
Result<Seen<ApprovalRow>> visible_approval(Session& session, const Viewer& viewer, const std::string& id);
Result<Seen<OperationRow>> visible_operation(Session& session, const Viewer& viewer, const std::string& id);
// The proposals that wait, oldest first.
Result<std::vector<ApprovalRow>> visible_approvals(Session& session, const Viewer& viewer);
// Newest first; of those that they may see: what others did takes no place.
Result<std::vector<OperationRow>> visible_operations(Session& session, const Viewer& viewer, std::size_t limit);

}  // namespace api::change
