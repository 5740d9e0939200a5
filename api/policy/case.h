// A decision's input, weighed: what the rules ask of it as facts, and what their sentences name. Private to this room
// and its tests. Pure.
#pragma once
#include <optional>
#include <string>

#include "api/policy/decide.h"
#include "api/policy/rules.h"

namespace api::policy {

struct Case {
  const DecisionInput& input;
  std::string op_hash;  // empty when there is none
  tenancy::ProjectName project;
  bool member = false;
  tenancy::Rights rights;              // of the user in the project, by their bindings alone
  tenancy::Permissions approver_held;  // cut by the approver's ceiling; empty without an approval
};

// A binding counts for its own subject in the input's organization only: a caller's mistake must not give rights.
bool is_own(const tenancy::RoleBinding& binding, const tenancy::UserName& user,
            const tenancy::OrganizationName& organization);

Case weigh(const DecisionInput& input, std::string op_hash);
Facts facts_of(const Case& weighed);

// Which command of the turn says exactly this; equal as JSON: the order of members is no difference, every other one
// is.
std::optional<std::size_t> matching_command(const DecisionInput& input);

}  // namespace api::policy
