#include "api/change/mandate.h"

#include "api/audit/audit.h"
#include "api/change/approval_store.h"
#include "api/change/replies.h"

namespace api::change {
namespace {

using foundation::Code;
using foundation::fail;

// The approver as of now: the session they signed in with still stands.
Result<policy::Approval> approval_by(Session& session, const identity::SessionUser& by,
                                     const tenancy::WorkspaceName& workspace) {
  auto credential = identity::session_by_id(session, by.session_id);
  if (!credential) return std::unexpected(credential.error());
  auto bindings = tenancy::store::load_bindings(session, credential->user.name, workspace);
  if (!bindings) return std::unexpected(bindings.error());
  return policy::Approval{.approver = credential->user.name,
                          .approver_active = !credential->user.disabled,
                          .bindings = std::move(bindings->bindings),
                          .ceiling = credential->ceiling,
                          .op_hash = {}};
}

class CommandMandate final : public Mandate {
 public:
  explicit CommandMandate(foundation::jwt::InternalClaims claims) : claims_(std::move(claims)) {}

  Result<Grounds> grounds(Session& session) const override {
    auto caller = caller::load_caller(session, claims_);
    if (!caller) return std::unexpected(caller.error());
    return Grounds{std::move(*caller), std::nullopt};
  }
  Done intend(Session& session, const OperationRow& row, const Grounds& grounds,
              const policy::Decision& decision) const override {
    if (auto added = add_operation(session, row); !added) return added;
    std::size_t position = grounds.caller.command_positions[*decision.command];
    return turns::consume_command(session, row.turn, position, row.id);
  }
  bool ends_with(const Answer&) const override { return true; }
  Done end(Session& session, const OperationRow& row) const override { return add_operation(session, row); }
  bool may_propose() const override { return true; }
  std::string approval() const override { return {}; }

 private:
  foundation::jwt::InternalClaims claims_;
};

class ApprovalMandate final : public Mandate {
 public:
  explicit ApprovalMandate(ApprovalGiven given) : given_(std::move(given)) {}

  Result<Grounds> grounds(Session& session) const override {
    auto row = find_approval(session, given_.workspace, given_.approval);
    if (!row) return std::unexpected(row.error());
    if (!row->waits(session.now())) return fail(Code::conflict, "approve", "it does not wait any more");
    auto approval = approval_by(session, given_.by, tenancy::WorkspaceName(given_.workspace));
    if (!approval) return std::unexpected(approval.error());
    approval->op_hash = given_.op_hash;
    approval->unattended = given_.unattended;
    auto workspace = tenancy::store::find_workspace(session, tenancy::WorkspaceName(row->workspace));
    if (!workspace) return std::unexpected(workspace.error());
    turns::Turn as;
    as.id = row->turn;
    as.user = tenancy::UserName(row->proposer);
    as.organization = workspace->organization;
    as.workspace = workspace->name;
    as.ceiling = row->ceiling;
    auto proposer = caller::load_user(session, std::move(as));
    if (!proposer) return std::unexpected(proposer.error());
    return Grounds{std::move(*proposer), std::move(*approval)};
  }
  Done sign_off(Session& session, const OperationRow& row) const override {
    if (auto done = decide_approval(session, given_.approval, "approved", given_.by.user.name.str()); !done)
      return done;
    auto entry = entry_of(audit::Kind::approval_decided, row);
    entry.subject = given_.by.user.name.str();
    entry.actor = std::nullopt;
    entry.approval = given_.approval;
    entry.outcome = "approved";
    if (given_.unattended) entry.reason = "unattended";
    auto record = audit::append(session, entry, session.now());
    return record ? Done{} : Done(std::unexpected(record.error()));
  }
  Done intend(Session& session, const OperationRow& row, const Grounds&, const policy::Decision&) const override {
    return take_up_proposal(session, row);
  }
  // Only what can never run again ends the proposal; whatever else stands in the way may pass before it expires.
  bool ends_with(const Answer& answer) const override { return answer.body.at("code") == "approval_void"; }
  Done end(Session& session, const OperationRow& row) const override {
    if (!ends_with(*row.answer)) return Done{};
    if (auto done = decide_approval(session, given_.approval, "void", {}); !done) return done;
    auto proposed = load_operation(session, row.workspace, row.id);  // not as it was planned anew
    if (!proposed) return std::unexpected(proposed.error());
    auto entry = entry_of(audit::Kind::approval_void, *proposed);
    entry.subject = given_.by.user.name.str();
    entry.actor = std::nullopt;
    entry.approval = given_.approval;
    entry.reason = "changed";
    if (auto record = audit::append(session, entry, session.now()); !record) return std::unexpected(record.error());
    return complete_operation(session, row.id, "refused", *row.answer);
  }
  bool may_propose() const override { return false; }
  std::string approval() const override { return given_.approval; }

 private:
  ApprovalGiven given_;
};

class OwnMandate final : public Mandate {
 public:
  OwnMandate(turns::Turn as, identity::SessionUser by) : as_(std::move(as)), by_(std::move(by)) {}

  Result<Grounds> grounds(Session& session) const override {
    auto approval = approval_by(session, by_, as_.workspace);
    if (!approval) return std::unexpected(approval.error());
    auto caller = caller::load_user(session, as_);
    if (!caller) return std::unexpected(caller.error());
    return Grounds{std::move(*caller), std::move(*approval), true};
  }
  Done intend(Session& session, const OperationRow& row, const Grounds&, const policy::Decision&) const override {
    return add_operation(session, row);
  }
  bool ends_with(const Answer&) const override { return true; }
  Done end(Session& session, const OperationRow& row) const override { return add_operation(session, row); }
  bool may_propose() const override { return true; }
  std::string approval() const override { return {}; }

 private:
  turns::Turn as_;
  identity::SessionUser by_;
};

}  // namespace

std::shared_ptr<const Mandate> command_mandate(foundation::jwt::InternalClaims claims) {
  return std::make_shared<CommandMandate>(std::move(claims));
}
std::shared_ptr<const Mandate> approval_mandate(ApprovalGiven given) {
  return std::make_shared<ApprovalMandate>(std::move(given));
}
std::shared_ptr<const Mandate> own_mandate(turns::Turn as, identity::SessionUser by) {
  return std::make_shared<OwnMandate>(std::move(as), std::move(by));
}

policy::DecisionInput decision_input(const Grounds& grounds, const OperationRow& row,
                                     const operations::Operation& operation, WallTime now) {
  const caller::Caller& caller = grounds.caller;
  policy::DecisionInput input{
      .user = caller.turn.user,
      .user_active = !caller.user.disabled,
      .workspace = caller.turn.workspace,
      .organization = caller.turn.organization,
      .bindings = caller.bindings,
      .ceiling = caller.turn.ceiling,
      .policy = caller.workspace.policy,
      .turn_kind = caller.turn.kind == turns::Kind::chat ? policy::TurnKind::chat : policy::TurnKind::read,
      .turn = caller.turn.id,
      .commands = caller.open_commands,
      .approval = grounds.approval,
      .operation = &operation,
      .arguments = row.arguments,
      .plan = row.plan,
      .now = now};
  if (grounds.signs_what_is_planned) input.approval->op_hash = policy::decide(input).op_hash;
  return input;
}

}  // namespace api::change
