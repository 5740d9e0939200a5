// The one way to a write: decide, audit, perform, complete. A change is prepared (preparation.h), passes the stages of
// submission.h, and once its intent is durable it belongs to this room's own task group and nobody cancels it: not the
// advisor, not the user, not a deadline. Owner: main, which stops it before the database and the clusters. Threads: one
// executor.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "api/change/operation_store.h"
#include "api/change/parts.h"
#include "api/change/preparation.h"
#include "api/policy/authorized_operation.h"
#include "foundation/async/task_group.h"

namespace api::change {

// An intent on its way to its completion. Shared by its task and by the calls that wait for it.
struct Performance {
  OperationRow row;
  policy::AuthorizedOperation authorized;
  bool recovering = false;       // an earlier process may have sent the write
  bool told_late = false;        // the user was told that its outcome is open
  std::optional<Answer> answer;  // set at the completion
  async::asio::steady_timer completed;
};

class Change {
 public:
  Change(async::asio::any_io_executor on, Parts parts);

  // Every answer, refusals included, is a value; an Error means that the caller may not ask (unauthenticated,
  // not_found, rate_limited), or that the database or the process could not go on; then nothing was written.
  async::Task<Answer> submit(async::Context& ctx, Request request);       // POST /internal/v1/operations/{operation}
  async::Task<Answer> approve(async::Context& ctx, ApprovalGiven given);  // runs what was shown
  async::Task<Answer> reject(async::Context& ctx, ApprovalGiven given);
  async::Task<Answer> undo(async::Context& ctx, UndoRequest request);

  // At start: takes up what the last process left.
  async::Task<void> recover(async::Context& ctx);
  async::asio::awaitable<void> stop(Milliseconds grace);

 private:
  template <class Way>
  async::Task<Answer> make(async::Context& ctx, Way way);
  std::shared_ptr<Performance> performance_of(Ended& ended);
  async::Task<Answer> await_answer(async::Context& ctx, std::shared_ptr<Performance> performance);
  std::shared_ptr<Performance> start(OperationRow row, policy::AuthorizedOperation authorized, bool recovering);
  async::Task<void> perform(std::shared_ptr<Performance> performance, async::Seat& seat);
  async::Task<void> follow(std::shared_ptr<Performance> performance, async::Seat& seat);

  Parts parts_;
  async::TaskGroup tasks_;
  std::map<std::string, std::shared_ptr<Performance>> running_;  // by operation id
};

}  // namespace api::change
