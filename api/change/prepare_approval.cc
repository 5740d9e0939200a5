// What a person approves, and what they take back.
#include "api/change/preparation.h"
#include "api/change/replies.h"
#include "api/change/visible.h"
#include "api/operations/catalogue.h"
#include "foundation/base/uuid.h"

namespace api::change {

namespace {

Viewer viewer(const identity::SessionUser& by, const std::string& workspace) {
  return {by, tenancy::WorkspaceName(workspace)};
}

Answer void_because(std::string_view code, std::string text) {
  return refusal(409, "approval_void", text, policy::Reason{std::string(code), text});
}

// Why it cannot be approved any more, whoever asks.
std::optional<Answer> ended_before(const ApprovalRow& row, const ApprovalGiven& given, WallTime now) {
  if (row.state == "void") return void_because("changed", "The object has changed since this was proposed; ask again.");
  if (row.state != "open")
    return void_because("decided", "This was " + row.state + " by " + row.decided_by + " already.");
  if (now >= row.expires_at) return void_because("expired", "This proposal has expired; ask again.");
  if (row.op_hash != given.op_hash)
    return void_because("hash_differs", "The op_hash is not that of this proposal; look at it again.");
  return std::nullopt;
}

// Only what ran, and can be taken back.
std::optional<Answer> cannot_undo(const OperationRow& row, const operations::Operation* operation) {
  if (operation && operation->undoable && row.state == "executed") return std::nullopt;
  return refusal(409, "conflict",
                 row.state == "executed"
                     ? "A " + row.name + " cannot be taken back."
                     : "Only what was executed can be taken back; the state of this operation is " + row.state + ".");
}

turns::Turn turn_of(const caller::Member& member, const identity::SessionUser& by) {
  turns::Turn as;
  as.id = foundation::new_uuid(foundation::SystemClock().wall());
  as.user = by.user.name;
  as.organization = member.workspace.organization;
  as.workspace = member.workspace.name;
  as.ceiling = by.ceiling;
  return as;
}

OperationRow row_that_undoes(const OperationRow& done, const operations::Operation& operation, const turns::Turn& as) {
  OperationRow row;
  row.id = foundation::new_uuid(foundation::SystemClock().wall());
  row.turn = as.id;
  row.call_id = "undo";
  row.organization = as.organization.str();
  row.workspace = as.workspace.str();
  row.user = as.user.str();
  row.name = done.name;
  row.arguments = operation.undo(done.plan);
  row.plan.target = operations::target_of(row.arguments);
  row.undoes = done.id;
  return row;
}

}  // namespace

async::Task<Start> prepare(const Parts& parts, ApprovalGiven given) {
  co_return co_await parts.database.read([given](Session& session) -> Result<Start> {
    auto seen = visible_approval(session, viewer(given.by, given.workspace), given.approval);
    if (!seen) return std::unexpected(seen.error());
    if (auto ended = ended_before(seen->row, given, session.now())) return Ended{.answer = *ended};
    auto row = load_operation(session, given.workspace, seen->row.operation_id);
    if (!row) return std::unexpected(row.error());
    const auto* operation = operations::find_operation(row->name);
    if (!operation) return Ended{.answer = void_because("changed", "There is no operation of this name any more.")};
    auto mandate = approval_mandate(given);
    auto grounds = mandate->grounds(session);
    if (!grounds) return std::unexpected(grounds.error());
    row->answer.reset();
    return Prepared{std::move(*row), operation, std::move(*grounds), mandate};
  });
}

async::Task<Start> prepare(const Parts& parts, UndoRequest request) {
  co_return co_await parts.database.read([request](Session& session) -> Result<Start> {
    auto seen = visible_operation(session, viewer(request.by, request.workspace), request.operation_id);
    if (!seen) return std::unexpected(seen.error());
    const OperationRow& done = seen->row;
    const auto* operation = operations::find_operation(done.name);
    if (auto answer = cannot_undo(done, operation)) return Ended{.answer = *answer};
    turns::Turn as = turn_of(seen->by, request.by);
    OperationRow row = row_that_undoes(done, *operation, as);
    auto mandate = own_mandate(std::move(as), request.by);
    auto grounds = mandate->grounds(session);
    if (!grounds) return std::unexpected(grounds.error());
    return Prepared{std::move(row), operation, std::move(*grounds), mandate,
                    Expected{done.plan.target.uid, done.plan.after}};
  });
}

bool may_approve(Session& session, const ApprovalRow& approval, const identity::SessionUser& user) {
  auto row = load_operation(session, approval.workspace, approval.operation_id);
  const auto* operation = row ? operations::find_operation(row->name) : nullptr;
  if (!operation) return false;
  auto mandate = approval_mandate({approval.workspace, approval.id, approval.op_hash, false, user});
  auto grounds = mandate->grounds(session);
  return grounds &&
         policy::decide(decision_input(*grounds, *row, *operation, session.now())).effect == policy::Effect::allow;
}

Result<Answer> reject_proposal(Session& session, const ApprovalGiven& given) {
  auto seen = visible_approval(session, viewer(given.by, given.workspace), given.approval);
  if (!seen) return std::unexpected(seen.error());
  const ApprovalRow& approval = seen->row;
  if (auto ended = ended_before(approval, given, session.now())) return *ended;
  std::string by = given.by.user.name.str();
  auto stands = identity::session_by_id(session, given.by.session_id);
  if (!stands) return std::unexpected(stands.error());
  bool may_decide =
      caller::may(seen->by, tenancy::Permission::approvals_decide, tenancy::ProjectName(approval.project));
  if (by != approval.proposer && !may_decide) {
    policy::Reason reason{"missing_permission", "You may not decide on this (needs approvals.decide)."};
    return refusal(403, "denied", reason.text, reason);
  }
  auto row = load_operation(session, given.workspace, approval.operation_id);
  if (!row) return std::unexpected(row.error());
  auto entry = entry_of(audit::Kind::approval_decided, *row);
  entry.subject = by;
  entry.actor = std::nullopt;
  entry.approval = approval.id;
  entry.outcome = "rejected";
  if (auto record = audit::append(session, entry, session.now()); !record) return std::unexpected(record.error());
  if (auto done = decide_approval(session, approval.id, "rejected", by); !done) return std::unexpected(done.error());
  std::string text = by + " rejected this proposal. Nothing was changed.";
  Answer refused = refusal(409, "approval_void", text, policy::Reason{"decided", text});
  if (auto done = complete_operation(session, row->id, "refused", refused); !done) return std::unexpected(done.error());
  return Answer{200, {{"approval_id", approval.id}, {"state", "rejected"}}};
}

}  // namespace api::change
