// For tests: the rules once more, written from the sentences of security.md and system.md as sets and quantifiers, and
// nothing of rules.cc, case.cc or tenancy::effective in it. decide() and this must agree on every input.
//
//   Deny by default; a deny beats an allow; a deny without a project covers the whole workspace.
//   Effective rights are fresh bindings cut by the credential's ceiling.
//   Only a command runs at once, and only at a risk that the workspace lets run.
//   An approver is active and holds the permission and approvals.decide; what they signed is this very change.
//   two-person: another person than the proposer. never: nobody. High risk is never approved unattended.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "api/policy/decide.h"

namespace api::policy::specification {

// There is a binding of theirs, with this effect, that reaches the project and names the permission.
inline bool some(const std::vector<tenancy::RoleBinding>& bindings, const DecisionInput& in, std::string_view who,
                 tenancy::BindingEffect effect, tenancy::Permission permission) {
  return std::ranges::any_of(bindings, [&](const tenancy::RoleBinding& b) {
    return b.effect == effect && b.subject.str() == who && b.scope.organization.str() == in.organization.str() &&
           b.scope.workspace.str() == in.workspace.str() &&
           (!b.scope.project.has_value() || b.scope.project->str() == in.plan.target.namespace_name) &&
           b.role.permissions.contains(permission);
  });
}

inline bool can(const std::vector<tenancy::RoleBinding>& bindings, const tenancy::Ceiling& ceiling,
                const DecisionInput& in, std::string_view who, tenancy::Permission permission) {
  return some(bindings, in, who, tenancy::BindingEffect::allow, permission) &&
         !some(bindings, in, who, tenancy::BindingEffect::deny, permission) && ceiling.at_most.contains(permission);
}

// `is_this`: what was approved is this very change; `is_command`: the user commanded exactly it.
inline Effect effect_of(const DecisionInput& in, bool is_this, bool is_command) {
  using enum Effect;
  using tenancy::ApprovalRule;
  using tenancy::Risk;
  const tenancy::Permission needed = in.operation->permission;
  const ApprovalRule rule = in.plan.risk == Risk::low      ? in.policy.low
                            : in.plan.risk == Risk::medium ? in.policy.medium
                                                           : in.policy.high;
  const bool proposable = in.turn_kind == TurnKind::chat && in.user_active && rule != ApprovalRule::never &&
                          can(in.bindings, in.ceiling, in, in.user.str(), needed);
  if (!proposable) return deny;
  if (!in.approval) return is_command && rule == ApprovalRule::run ? allow : needs_approval;
  const Approval& by = *in.approval;
  const bool signable = std::ranges::all_of(
      std::vector{needed, tenancy::Permission::approvals_decide},
      [&](tenancy::Permission each) { return can(by.bindings, by.ceiling, in, by.approver.str(), each); });
  const bool seen = !by.unattended || (in.plan.risk != Risk::high && in.policy.allow_unattended_approval);
  if (!by.approver_active || !signable || !is_this || !seen) return deny;
  return rule == ApprovalRule::two_person && by.approver.str() == in.user.str() ? needs_approval : allow;
}

}  // namespace api::policy::specification
