// What an approver signs off and the audit names: sha256 over RFC 8785 JSON of the operation and what it was planned
// on. Unrelated updates of the object (status, other fields) do not change it.
#pragma once
#include <string>
#include <string_view>

#include "api/operations/operation.h"

namespace api::policy {

inline constexpr int kOpHashVersion = 1;

// "sha256:<hex>" of {version, operation, arguments, workspace, proposer, turn, target uid, fields_read, the change}.
foundation::Result<std::string> op_hash(const operations::Operation& operation,
                                        const operations::json::Object& arguments, const operations::Plan& plan,
                                        std::string_view workspace, std::string_view proposer, std::string_view turn);

}  // namespace api::policy
