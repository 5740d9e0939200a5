// What a rule's decision is told as: plain words for the one who asked, or for the one who approves. Private to this
// room. Pure.
#pragma once
#include <string>

#include "api/policy/case.h"

namespace api::policy {

Reason reason_of(const Rule& rule, const Case& weighed);

// Revoked, or never a member: nothing there is theirs to know.
std::string no_role_in(const tenancy::WorkspaceName& workspace);

}  // namespace api::policy
