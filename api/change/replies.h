// What a submission ends in: the answer to the advisor, the event in the user's stream, the entry in the audit. Pure.
#pragma once
#include <optional>
#include <string>

#include "api/audit/audit.h"
#include "api/caller/caller.h"
#include "api/change/approval_store.h"
#include "api/change/mandate.h"
#include "api/cluster/cluster_set.h"
#include "api/policy/decide.h"
#include "api/turns/events.h"

namespace api::change {

// An answer that is not a success: {code, detail, reason?} becomes the problem of that status.
Answer refusal(int status, std::string_view code, std::string_view detail,
               const std::optional<policy::Reason>& reason = {});
// executed or already_so.
Answer success(const OperationRow& row, std::string_view state, std::int64_t audit_seq);

// The refusal that an error of the cluster, or of reading it, amounts to while nothing has been written. What the
// cluster says is free text of its admission: credentials are taken out of it, under the cluster's own names for them.
Answer refusal_of(const foundation::Error& error, cluster::Cluster* cluster);

// 504, with the operation to look for: it ended, and nobody can tell how; or it has not ended yet.
Answer unknown_outcome(const OperationRow& row, const foundation::Error& error, cluster::Cluster* cluster);
Answer still_running(const OperationRow& row);

inline constexpr std::size_t kMaxReasonBytes = 500;  // contracts/events.schema.json

inline constexpr const char* kNoLongerAsLeft =
    " is no longer as this operation left it, so it cannot be taken back. Nothing was changed; look at it.";

// A proposal from a planned row, and what is told of it.
ApprovalRow proposal_of(const OperationRow& row, const caller::Caller& caller, const policy::Decision& decision,
                        WallTime now);
Answer waiting(const ApprovalRow& approval, const policy::Reason& reason);
turns::Event proposal_event(const OperationRow& row, const policy::Reason& reason);

// `state`: executed, already_so, refused, failed or unknown.
turns::Event operation_event(const OperationRow& row, std::string_view state, const Answer& answer);

audit::AuditEntry entry_of(audit::Kind kind, const OperationRow& row);
// The same with who asked, who approved and what was decided. `approval`: its id; empty: none.
audit::AuditEntry entry_of(audit::Kind kind, const OperationRow& row, const Grounds& grounds,
                           const policy::Decision& decision, const std::string& approval);
// The entry of what came to nothing in the hands of an approver: it speaks of them, not of the proposer.
void tried_by(const policy::Approval& approval, audit::AuditEntry& entry);

// For people and programs that look later: the public API's OperationRecord and Approval.
json::Object record_json(const OperationRow& row);
json::Object approval_json(const ApprovalRow& row, WallTime now, bool may_decide);

}  // namespace api::change
