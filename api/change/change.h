// The one way to a write: decide, audit, perform, complete. A submission passes the stages of submission.h; once its
// intent is durable it belongs to this room's own task group and nobody cancels it: not the advisor, not the user, not
// a deadline. Owner: main, which stops it before the database and the clusters. Threads: one executor.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "api/change/operation_store.h"
#include "api/cluster/cluster_set.h"
#include "api/policy/authorized_operation.h"
#include "api/turns/open_turns.h"
#include "foundation/async/context.h"
#include "foundation/async/task_group.h"
#include "foundation/database/database.h"
#include "foundation/jwt/internal_token.h"

namespace api::change {

namespace async = foundation::async;
using foundation::Milliseconds;

struct Parts {  // borrowed from main
  foundation::database::Database& database;
  cluster::ClusterSet& clusters;
  turns::OpenTurns& open_turns;
  foundation::telemetry::Log log;
};

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

  // One request of POST /internal/v1/operations/{operation}. Every answer, refusals included, is a value; an Error
  // means that the database or the process could not go on, and that nothing was written.
  async::Task<Answer> submit(async::Context& ctx, foundation::jwt::InternalClaims claims, std::string operation,
                             std::string body);
  // At start: takes up the intents that the last process left.
  async::Task<void> recover(async::Context& ctx);
  async::asio::awaitable<void> stop(Milliseconds grace);

 private:
  async::Task<Answer> await_answer(async::Context& ctx, std::shared_ptr<Performance> performance);
  std::shared_ptr<Performance> start(OperationRow row, policy::AuthorizedOperation authorized, bool recovering);
  async::Task<void> perform(std::shared_ptr<Performance> performance);

  Parts parts_;
  async::TaskGroup tasks_;
  std::map<std::string, std::shared_ptr<Performance>> running_;  // by operation id
};

}  // namespace api::change
