#include "api/app/workspace_policy.h"

#include <map>
#include <string_view>

namespace api::app {

using tenancy::WorkspacePolicy;
namespace json = foundation::json;

namespace {

struct FlagRow {
  std::string_view risk;  // empty: a flag of the policy itself
  std::string_view name;
  PolicyChange::Flag flag;
};

constexpr FlagRow kFlags[] = {
    {"", "allow_external_model", [](WorkspacePolicy& p) -> bool& { return p.allow_external_model; }},
    {"", "allow_unattended_approval", [](WorkspacePolicy& p) -> bool& { return p.allow_unattended_approval; }},
    {"low", "runs_on_command", [](WorkspacePolicy& p) -> bool& { return p.low.runs_on_command; }},
    {"low", "proposer_may_approve", [](WorkspacePolicy& p) -> bool& { return p.low.proposer_may_approve; }},
    {"medium", "runs_on_command", [](WorkspacePolicy& p) -> bool& { return p.medium.runs_on_command; }},
    {"medium", "proposer_may_approve", [](WorkspacePolicy& p) -> bool& { return p.medium.proposer_may_approve; }},
    {"high", "runs_on_command", [](WorkspacePolicy& p) -> bool& { return p.high.runs_on_command; }},
    {"high", "proposer_may_approve", [](WorkspacePolicy& p) -> bool& { return p.high.proposer_may_approve; }},
};

}  // namespace

json::Object policy_json(const WorkspacePolicy& policy) {
  json::Object out;
  WorkspacePolicy flags = policy;
  for (const auto& row : kFlags) {
    if (row.risk.empty()) {
      out[row.name] = row.flag(flags);
    } else {
      json::Value& rule = out[row.risk];
      if (rule.is_null()) rule.emplace_object();
      rule.get_object()[row.name] = row.flag(flags);
    }
  }
  return out;
}

PolicyChange read_policy_change(json::Fields& policy) {
  PolicyChange change;
  std::map<std::string_view, std::optional<json::Fields>> rules;
  for (const auto& row : kFlags) {
    json::Fields* fields = &policy;
    if (!row.risk.empty()) {
      if (!rules.contains(row.risk)) rules.emplace(row.risk, policy.optional_object(row.risk));
      auto& rule = rules.at(row.risk);
      fields = rule ? &*rule : nullptr;
    }
    auto value = fields ? fields->optional_boolean(row.name) : std::nullopt;
    if (value) change.set(row.flag, *value);
  }
  return change;
}

}  // namespace api::app
