// A workspace's policy as JSON, and the changes of it that a request may name.
#pragma once
#include <utility>
#include <vector>

#include "api/tenancy/tenancy.h"
#include "foundation/json/fields.h"

namespace api::app {

foundation::json::Object policy_json(const tenancy::WorkspacePolicy& policy);

// Some of its members, each with what it becomes.
struct PolicyChange {
  std::vector<std::pair<bool tenancy::WorkspacePolicy::*, bool>> flags;
  std::vector<std::pair<tenancy::ApprovalRule tenancy::WorkspacePolicy::*, tenancy::ApprovalRule>> rules;
  bool empty() const { return flags.empty() && rules.empty(); }
  void apply_to(tenancy::WorkspacePolicy& policy) const {
    for (auto [flag, value] : flags) policy.*flag = value;
    for (auto [rule, value] : rules) policy.*rule = value;
  }
};

// Of an object like policy_json's with any of its members; what is wrong with it is the fields' error.
PolicyChange read_policy_change(foundation::json::Fields& policy);

}  // namespace api::app
