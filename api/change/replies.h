// What a submission ends in: the answer to the advisor, the event in the user's stream, the entry in the audit. Pure.
#pragma once
#include <optional>
#include <string>

#include "api/audit/audit.h"
#include "api/caller/caller.h"
#include "api/change/operation_store.h"
#include "api/policy/decide.h"
#include "api/turns/events.h"

namespace api::change {

// An answer that is not a success: {code, detail, reason?} becomes the problem of that status.
Answer refusal(int status, std::string_view code, std::string_view detail,
               const std::optional<policy::Reason>& reason = {});
// executed or already_so.
Answer success(const OperationRow& row, std::string_view state, std::int64_t audit_seq);

// The refusal that an error of the cluster, or of reading it, amounts to while nothing has been written.
Answer refusal_of(const foundation::Error& error);

// `state`: executed, already_so, refused, failed or unknown.
turns::Event operation_event(const OperationRow& row, std::string_view state, const Answer& answer);

audit::AuditEntry entry_of(audit::Kind kind, const OperationRow& row);
// The same with who asked and what was decided.
audit::AuditEntry entry_of(audit::Kind kind, const OperationRow& row, const caller::Caller& caller,
                           const policy::Decision& decision);

}  // namespace api::change
