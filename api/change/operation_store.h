// Operations as rows: the intent before the effect, the result after it, and the idempotency key. Runs inside the
// caller's transaction.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/executor/executor.h"
#include "api/operations/operation.h"
#include "foundation/base/clock.h"
#include "foundation/base/error.h"
#include "foundation/database/database.h"
#include "foundation/database/retention.h"
#include "foundation/json/value.h"

namespace api::change {

namespace json = foundation::json;
using foundation::Done;
using foundation::Result;
using foundation::WallTime;
using foundation::database::Session;

// What the caller is told, and what is stored for the same call again.
struct Answer {
  int status = 0;
  json::Object body;
};

struct OperationRow {
  std::string id;
  std::string turn;
  std::string call_id;
  std::string body_digest;
  std::string organization;
  std::string workspace;
  std::string user;
  std::string name;
  json::Object arguments;
  std::string state;  // proposed, intended, executed, already_so, failed, unknown, refused
  std::string op_hash;
  operations::Plan plan;
  executor::WrittenOn written_on;
  std::optional<Answer> answer;  // set when completed, and while proposed
  std::string undoes{};          // id of the operation that this one takes back; empty: none
  std::string readiness{};       // following, settled, not_settled; empty: not executed
  WallTime created_at{};         // set by the store
  std::optional<WallTime> completed_at{};
};

inline constexpr std::int64_t kMaxOperationsPerTurn = 20;
inline constexpr std::size_t kMaxListedOperations = 200;

// Code::conflict when (turn, call_id) is there; Code::rate_limited over kMaxOperationsPerTurn.
Done add_operation(Session& session, const OperationRow& row);
// Code::rate_limited when the turn has had its kMaxOperationsPerTurn.
Done check_turn_has_room(Session& session, const std::string& turn);
Result<std::optional<OperationRow>> find_call(Session& session, const std::string& turn, const std::string& call_id);
Result<OperationRow> load_operation(Session& session, const std::string& workspace, const std::string& id);
// Newest first, proposals that nobody has approved left out.
Result<std::vector<OperationRow>> list_operations(Session& session, const std::string& workspace, std::size_t limit);

// An approved proposal becomes an intent, or (already_so) an answer. Code::conflict when it is not proposed any more.
Done take_up_proposal(Session& session, const OperationRow& row);
// Before a write is sent again on another state of the object.
Done rewrite_intent(Session& session, const std::string& id, const executor::WrittenOn& written_on);
// Of an intent, or of a proposal that nobody will approve. An executed one is followed until it is ready.
Done complete_operation(Session& session, const std::string& id, const std::string& state, const Answer& answer);
Done set_readiness(Session& session, const std::string& id, const std::string& readiness);
Result<std::vector<OperationRow>> unfinished(Session& session);
Result<std::vector<OperationRow>> followed(Session& session);  // executed, and not known to be ready or not

// The audit keeps what was done; the rows, with their idempotency keys and their undo, go after kKeepOperations.
inline constexpr foundation::Milliseconds kKeepOperations{std::int64_t{90} * 24 * 3600 * 1000};
// Operations that ended that long ago, with their approvals. Nothing that may still run goes.
Result<std::int64_t> delete_old_operations(Session& session);
inline constexpr foundation::database::Retention kOperationRetention{"api/change", &delete_old_operations};

std::span<const foundation::database::Migration> migrations();

}  // namespace api::change
