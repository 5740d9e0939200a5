// Possession is proof: only policy::decide makes an AuthorizedOperation, and the executor takes nothing else.
#pragma once
#include <string>
#include <utility>

#include "api/operations/operation.h"

namespace api::policy {

class AuthorizedOperation {
 public:
  const operations::Operation& operation() const { return *operation_; }
  const operations::Plan& plan() const { return plan_; }
  const std::string& op_hash() const { return op_hash_; }

 private:
  friend struct DecisionMaker;  // in decide.cc
  AuthorizedOperation(const operations::Operation* operation, operations::Plan plan, std::string op_hash)
      : operation_(operation), plan_(std::move(plan)), op_hash_(std::move(op_hash)) {}

  const operations::Operation* operation_;
  operations::Plan plan_;
  std::string op_hash_;
};

}  // namespace api::policy
