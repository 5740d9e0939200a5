// The three ways to a change: the advisor's request, a person's approval, a user's undo. Each prepares the same thing,
// a row to be decided on and the mandate it rests on, or ends at once.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "api/change/approval_store.h"
#include "api/change/mandate.h"
#include "api/change/parts.h"
#include "api/policy/authorized_operation.h"

namespace api::change {

inline constexpr std::size_t kMaxCallIdBytes = 64;

// What an undo finds the object to be: as its operation left it.
struct Expected {
  std::string uid;
  json::Object fields;
};

struct Prepared {
  OperationRow row;  // without what planning fills in
  const operations::Operation* operation = nullptr;
  Grounds grounds;
  std::shared_ptr<const Mandate> mandate;
  std::optional<Expected> expected{};
};

struct Ended {
  Answer answer{};                                          // when there is nothing to perform
  std::optional<OperationRow> row{};                        // the durable intent to be performed
  std::optional<policy::AuthorizedOperation> authorized{};  // with it
  std::string running{};                                    // the operation that the same call started before
  bool beaten = false;                                      // another one came first: prepare again, and see
};
using Start = std::variant<Prepared, Ended>;

struct Request {
  foundation::jwt::InternalClaims claims;
  std::string operation;
  std::string body;
};
struct UndoRequest {
  std::string workspace;
  std::string operation_id;
  identity::SessionUser by;
};

// Code::unauthenticated, Code::not_found, Code::rate_limited and the database's errors.
async::Task<Start> prepare(const Parts& parts, Request request);
async::Task<Start> prepare(const Parts& parts, ApprovalGiven given);
async::Task<Start> prepare(const Parts& parts, UndoRequest request);

// Whether this user's approval would let the stored plan run, as of now; what the object has become is not looked at.
bool may_approve(Session& session, const ApprovalRow& row, const identity::SessionUser& user);
// A proposal that nobody shall approve: by its proposer, or by someone who may approve in its project.
Result<Answer> reject_proposal(Session& session, const ApprovalGiven& given);

}  // namespace api::change
