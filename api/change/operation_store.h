// Operations as rows: the intent before the effect, the result after it, and the idempotency key. Runs inside the
// caller's transaction.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/executor/executor.h"
#include "api/operations/operation.h"
#include "foundation/base/error.h"
#include "foundation/database/database.h"
#include "foundation/json/value.h"

namespace api::change {

namespace json = foundation::json;
using foundation::Done;
using foundation::Result;
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
  std::string state;  // intended, executed, already_so, failed, unknown, refused
  std::string op_hash;
  operations::Plan plan;
  executor::WrittenOn written_on;
  std::optional<Answer> answer;  // set when completed
};

inline constexpr std::int64_t kMaxOperationsPerTurn = 20;

// Code::conflict when (turn, call_id) is there; Code::rate_limited over kMaxOperationsPerTurn.
Done add_operation(Session& session, const OperationRow& row);
Result<std::optional<OperationRow>> find_call(Session& session, const std::string& turn, const std::string& call_id);
// Before a write is sent again on another state of the object.
Done rewrite_intent(Session& session, const std::string& id, const executor::WrittenOn& written_on);
Done complete_operation(Session& session, const std::string& id, const std::string& state, const Answer& answer);
Result<std::vector<OperationRow>> unfinished(Session& session);

std::span<const foundation::database::Migration> migrations();

}  // namespace api::change
