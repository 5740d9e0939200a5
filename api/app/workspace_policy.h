// A workspace's policy as JSON, and the changes of it that a request may name.
#pragma once
#include <utility>
#include <vector>

#include "api/tenancy/tenancy.h"
#include "foundation/json/fields.h"

namespace api::app {

foundation::json::Object policy_json(const tenancy::WorkspacePolicy& policy);

// Some of its flags, each with what it becomes.
class PolicyChange {
 public:
  using Flag = bool& (*)(tenancy::WorkspacePolicy&);
  void set(Flag flag, bool value) { changes_.emplace_back(flag, value); }
  bool empty() const { return changes_.empty(); }
  void apply_to(tenancy::WorkspacePolicy& policy) const {
    for (auto [flag, value] : changes_) flag(policy) = value;
  }

 private:
  std::vector<std::pair<Flag, bool>> changes_;
};

// Of an object like policy_json's with any of its members; what is wrong with it is the fields' error.
PolicyChange read_policy_change(foundation::json::Fields& policy);

}  // namespace api::app
