// On whose word a change is made: a command in a live turn, a person's approval, or the user's own undo. A mandate is
// asked who stands behind it when the change is looked at, and again in the transaction that writes the intent, so
// that whatever was revoked in between counts; that transaction also uses it up. Immutable; its functions run inside
// the caller's transaction, on the database's threads.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "api/caller/caller.h"
#include "api/change/operation_store.h"
#include "api/identity/identity.h"
#include "api/policy/decide.h"
#include "foundation/jwt/internal_token.h"

namespace api::change {

struct Grounds {
  caller::Caller caller;                     // who asked for the change
  std::optional<policy::Approval> approval;  // who signed it off
  bool signs_what_is_planned = false;        // the one who asks signs the plan itself: nothing was shown before

  bool approved_by_another() const { return approval && approval->approver != caller.turn.user; }
};

class Mandate {
 public:
  virtual ~Mandate() = default;
  // As of now. Code::unauthenticated, Code::conflict (an approval that waits no more), or the database's errors.
  virtual Result<Grounds> grounds(Session& session) const = 0;
  // Notes that the change was signed off, where somebody had to: before the intent that rests on it.
  // Code::conflict: it does not wait any more.
  virtual Done sign_off(Session&, const OperationRow&) const { return {}; }
  // Stores the row, which is intended or already_so, and uses the mandate up. Code::conflict: another one was first.
  virtual Done intend(Session& session, const OperationRow& row, const Grounds& grounds,
                      const policy::Decision& decision) const = 0;
  // Whether this answer, of a change that was not made, leaves nothing to come of it.
  virtual bool ends_with(const Answer& answer) const = 0;
  // Stores what ended without a write, where that uses it up.
  virtual Done end(Session& session, const OperationRow& row) const = 0;
  virtual bool may_propose() const = 0;      // what needs an approval becomes a proposal, else it is refused
  virtual std::string approval() const = 0;  // the id of the approval, for the audit; empty: none
};

// The advisor's request under the user's Internal JWT, in a live turn.
std::shared_ptr<const Mandate> command_mandate(foundation::jwt::InternalClaims claims);

struct ApprovalGiven {
  std::string workspace;
  std::string approval;
  std::string op_hash;  // of what was shown
  bool unattended = false;
  identity::SessionUser by;
};
std::shared_ptr<const Mandate> approval_mandate(ApprovalGiven given);

// A user's own wish for one change, outside every turn: they propose it and approve it.
std::shared_ptr<const Mandate> own_mandate(turns::Turn as, identity::SessionUser by);

// What policy::decide is asked of a planned row.
policy::DecisionInput decision_input(const Grounds& grounds, const OperationRow& row,
                                     const operations::Operation& operation, WallTime now);

}  // namespace api::change
