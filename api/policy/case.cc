#include "api/policy/case.h"

#include <algorithm>
#include <span>
#include <utility>

namespace api::policy {

using tenancy::Permission;
using tenancy::Rights;
using tenancy::RoleBinding;

namespace {

struct Whose {
  const tenancy::UserName& user;
  const DecisionInput& input;
  const tenancy::ProjectName& project;
};

Rights rights_of(const Whose& whose, const std::vector<RoleBinding>& bindings) {
  Rights all;
  for (const RoleBinding& binding : bindings) {
    if (!is_own(binding, whose.user, whose.input.organization)) continue;
    auto one = tenancy::rights_in(std::span(&binding, 1), whose.input.workspace, whose.project);
    all.allowed = all.allowed | one.allowed;
    all.denied = all.denied | one.denied;
  }
  return all;
}

bool is_member(const DecisionInput& input) {
  return std::ranges::any_of(input.bindings, [&](const RoleBinding& binding) {
    return is_own(binding, input.user, input.organization) &&
           tenancy::is_member(std::span(&binding, 1), input.workspace);
  });
}

// Complete, and the plan is one of the named object.
bool is_well_formed(const Case& c) {
  const DecisionInput& in = c.input;
  bool complete = in.operation != nullptr && !in.user.empty() && !in.organization.empty() && !in.workspace.empty() &&
                  !in.turn.empty() && !in.plan.target.uid.empty() && !c.op_hash.empty();
  if (!complete) return false;
  operations::ObjectRef named = operations::target_of(in.arguments);
  named.uid = in.plan.target.uid;
  bool acts_on_kind = std::ranges::find(in.operation->kinds, named.kind) != in.operation->kinds.end();
  return acts_on_kind && named == in.plan.target;
}

std::optional<Signature> signature_of(const Case& c) {
  if (!c.input.approval) return std::nullopt;
  const Approval& approval = *c.input.approval;
  return Signature{.by_proposer = approval.approver == c.input.user,
                   .active = approval.approver_active,
                   .permitted = c.approver_held.includes({Permission::approvals_decide, c.input.operation->permission}),
                   .of_this = approval.op_hash == c.op_hash,
                   .unattended = approval.unattended};
}

}  // namespace

bool is_own(const RoleBinding& binding, const tenancy::UserName& user, const tenancy::OrganizationName& organization) {
  return binding.subject == user && binding.scope.organization == organization;
}

std::optional<std::size_t> matching_command(const DecisionInput& input) {
  auto same = [&](const operations::Command& command) {
    return command.operation != nullptr && command.operation->name == input.operation->name &&
           command.arguments == input.arguments;
  };
  auto found = std::ranges::find_if(input.commands, same);
  return found == input.commands.end() ? std::nullopt : std::optional(found - input.commands.begin());
}

bool may_know(const tenancy::Permissions& held, Permission needed) {
  return held.contains(Permission::objects_read) || held.contains(needed);
}

Case weigh(const DecisionInput& input, std::string op_hash) {
  Case out{.input = input,
           .op_hash = std::move(op_hash),
           .project = tenancy::ProjectName(input.plan.target.namespace_name),
           .member = is_member(input),
           .rights = {},
           .approver_held = {}};
  out.rights = rights_of({input.user, input, out.project}, input.bindings);
  if (const auto& approval = input.approval)
    out.approver_held =
        rights_of({approval->approver, input, out.project}, approval->bindings).held() & approval->ceiling.at_most;
  return out;
}

Facts facts_of(const Case& c) {
  const DecisionInput& in = c.input;
  Facts facts;
  facts.well_formed = is_well_formed(c);
  if (!facts.well_formed) return facts;
  Permission needed = in.operation->permission;
  facts.may_change = in.turn_kind == TurnKind::chat;
  facts.user_active = in.user_active;
  facts.member = c.member;
  facts.may_know = may_know(c.rights.held() & in.ceiling.at_most, needed);
  facts.allowed = c.rights.allowed.contains(needed);
  facts.denied = c.rights.denied.contains(needed);
  facts.within_ceiling = in.ceiling.at_most.contains(needed);
  facts.signature = signature_of(c);
  facts.commanded = !facts.signature && matching_command(in).has_value();
  facts.unattended_allowed = in.policy.allow_unattended_approval;
  facts.risk = in.plan.risk;
  facts.approval_rule = in.policy.rule(in.plan.risk);
  return facts;
}

}  // namespace api::policy
