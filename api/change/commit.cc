#include "api/change/commit.h"

#include "api/change/approval_store.h"
#include "api/change/replies.h"

namespace api::change {

using policy::Effect;

namespace {

// What is so already needs no approval: there is nothing to approve.
Result<Committed> commit_so_already(Session& session, Committed out) {
  out.row.state = "already_so";
  auto entry = entry_of(audit::Kind::operation_outcome, out.row, out.grounds, out.decision, {});
  entry.outcome = out.row.state;
  auto record = audit::append(session, entry, session.now());
  if (!record) return std::unexpected(record.error());
  out.row.answer = success(out.row, out.row.state, record->seq);
  if (auto added = add_operation(session, out.row); !added) return std::unexpected(added.error());
  return out;
}

}  // namespace

Result<Committed> judge_again(Session& session, const Mandate& mandate, const OperationRow& planned,
                              const operations::Operation& operation) {
  auto grounds = mandate.grounds(session);
  if (!grounds) return std::unexpected(grounds.error());
  auto decision = policy::decide(decision_input(*grounds, planned, operation, session.now()));
  return Committed{std::move(*grounds), std::move(decision), planned};
}

Result<Committed> write_intent(Session& session, const Mandate& mandate, Committed out) {
  if (out.decision.effect != Effect::allow) return out;
  OperationRow& row = out.row;
  if (auto signed_off = mandate.sign_off(session, row); !signed_off) return std::unexpected(signed_off.error());
  bool already = row.plan.already_so;
  row.state = already ? "already_so" : "intended";
  auto kind = already ? audit::Kind::operation_outcome : audit::Kind::operation_intent;
  auto entry = entry_of(kind, row, out.grounds, out.decision, mandate.approval());
  entry.before = audit::ObjectState{row.plan.target.uid, row.written_on.resource_version, row.plan.before};
  if (already) entry.outcome = row.state;
  auto record = audit::append(session, entry, session.now());
  if (!record) return std::unexpected(record.error());
  if (already) row.answer = success(row, row.state, record->seq);
  if (auto done = mandate.intend(session, row, out.grounds, out.decision); !done) return std::unexpected(done.error());
  return out;
}

Result<Committed> commit_intent(Session& session, const Mandate& mandate, const OperationRow& planned,
                                const operations::Operation& operation) {
  auto judged = judge_again(session, mandate, planned, operation);
  if (!judged) return judged;
  return write_intent(session, mandate, std::move(*judged));
}

Result<Committed> commit_proposal(Session& session, const Mandate& mandate, const OperationRow& planned,
                                  const operations::Operation& operation) {
  auto judged = judge_again(session, mandate, planned, operation);
  if (!judged) return judged;
  Committed& out = *judged;
  if (out.decision.effect != Effect::needs_approval) return judged;
  if (out.row.plan.already_so) return commit_so_already(session, std::move(out));
  out.row.state = "proposed";
  ApprovalRow approval = proposal_of(out.row, out.grounds.caller, out.decision, session.now());
  out.row.answer = waiting(approval, out.decision.reason);
  auto entry = entry_of(audit::Kind::approval_opened, out.row, out.grounds, out.decision, approval.id);
  if (auto record = audit::append(session, entry, session.now()); !record) return std::unexpected(record.error());
  if (auto added = add_operation(session, out.row); !added) return std::unexpected(added.error());
  if (auto added = add_approval(session, approval); !added) return std::unexpected(added.error());
  return judged;
}

}  // namespace api::change
