// The two transactions that a change may end in before anything is done: its intent, or its proposal. Each reads the
// rights as they are now, decides on them, and writes what follows with its audit entry, or none of it: a revocation
// committed before it always wins. Run inside the caller's write transaction.
#pragma once
#include "api/change/mandate.h"

namespace api::change {

struct Committed {
  Grounds grounds;
  policy::Decision decision;  // of this transaction
  OperationRow row;           // intended, or already_so with its answer; not stored unless allowed
};

// The two halves of commit_intent. In transactions of their own they race with every revocation.
Result<Committed> judge_again(Session& session, const Mandate& mandate, const OperationRow& planned,
                              const operations::Operation& operation);
Result<Committed> write_intent(Session& session, const Mandate& mandate, Committed judged);

// Stores the intent of what is allowed; what is not allowed is only decided. Code::conflict: another one was first.
Result<Committed> commit_intent(Session& session, const Mandate& mandate, const OperationRow& planned,
                                const operations::Operation& operation);
// Stores the proposal of what needs an approval; denied: too many wait already.
Result<Committed> commit_proposal(Session& session, const Mandate& mandate, const OperationRow& planned,
                                  const operations::Operation& operation);

}  // namespace api::change
