#include "api/app/workspace_policy.h"

#include <string_view>

namespace api::app {

using tenancy::ApprovalRule;
using tenancy::WorkspacePolicy;
namespace json = foundation::json;

namespace {

constexpr std::size_t kMaxRuleBytes = 16;

constexpr std::pair<std::string_view, bool WorkspacePolicy::*> kFlags[] = {
    {"allow_external_model", &WorkspacePolicy::allow_external_model},
    {"allow_unattended_approval", &WorkspacePolicy::allow_unattended_approval},
};
// By the name of the risk.
constexpr std::pair<std::string_view, ApprovalRule WorkspacePolicy::*> kRules[] = {
    {"low", &WorkspacePolicy::low},
    {"medium", &WorkspacePolicy::medium},
    {"high", &WorkspacePolicy::high},
};

}  // namespace

json::Object policy_json(const WorkspacePolicy& policy) {
  json::Object out;
  for (auto [name, flag] : kFlags) out[name] = policy.*flag;
  for (auto [name, rule] : kRules) out[name] = to_string(policy.*rule);
  return out;
}

PolicyChange read_policy_change(json::Fields& policy) {
  PolicyChange change;
  for (auto [name, flag] : kFlags)
    if (auto value = policy.optional_boolean(name)) change.flags.emplace_back(flag, *value);
  for (auto [name, rule] : kRules) {
    auto text = policy.optional_text(name, kMaxRuleBytes);
    if (!text) continue;
    auto value = tenancy::parse_approval_rule(*text);
    if (value) change.rules.emplace_back(rule, *value);
    if (!value) policy.refuse(name, "must be run, approve, two-person or never");
  }
  return change;
}

}  // namespace api::app
