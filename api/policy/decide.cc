#include "api/policy/decide.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <utility>

#include "api/policy/op_hash.h"

namespace api::policy {

namespace json = foundation::json;
using tenancy::Ceiling;
using tenancy::Permissions;
using tenancy::RoleBinding;

// The one that may call AuthorizedOperation's constructor.
struct DecisionMaker {
  static AuthorizedOperation authorize(const operations::Operation& operation, const operations::Plan& plan,
                                       const std::string& hash) {
    return {&operation, plan, hash};
  }
};

namespace {

// The input and what several rules ask of it.
struct Case {
  const DecisionInput& input;
  tenancy::ProjectName project;
  std::vector<RoleBinding> bindings;  // the user's own, of this organization: a caller's mistake must not give rights
  Permissions held;                   // by the bindings alone, not cut by the ceiling
  Permissions approver_held;          // cut by the approver's ceiling; empty without an approval
  std::optional<std::size_t> command;
  std::string op_hash;  // empty when there is none
};

// Equal as JSON: the order of members is no difference, every other one is.
std::optional<std::size_t> matching_command(const DecisionInput& input) {
  auto same = [&](const operations::Command& command) {
    return command.operation != nullptr && command.operation->name == input.operation->name &&
           command.arguments == input.arguments;
  };
  auto found = std::ranges::find_if(input.commands, same);
  return found == input.commands.end() ? std::nullopt : std::optional(found - input.commands.begin());
}

std::vector<RoleBinding> own(const std::vector<RoleBinding>& bindings, const tenancy::UserName& user,
                             const tenancy::OrganizationName& organization) {
  std::vector<RoleBinding> out;
  std::ranges::copy_if(bindings, std::back_inserter(out), [&](const RoleBinding& binding) {
    return binding.subject == user && binding.scope.organization == organization;
  });
  return out;
}

Case make_case(const DecisionInput& input) {
  Case out{.input = input,
           .project = tenancy::ProjectName(input.plan.target.namespace_name),
           .bindings = {},
           .held = {},
           .approver_held = {},
           .command = {},
           .op_hash = {}};
  if (input.operation == nullptr) return out;
  out.bindings = own(input.bindings, input.user, input.organization);
  out.held = tenancy::effective(out.bindings, Ceiling{}, input.workspace, out.project);
  if (const auto& approval = input.approval) {
    auto bindings = own(approval->bindings, approval->approver, input.organization);
    out.approver_held = tenancy::effective(bindings, approval->ceiling, input.workspace, out.project);
  } else {
    out.command = matching_command(input);
  }
  auto hash =
      op_hash(*input.operation, input.arguments, input.plan, input.workspace.str(), input.user.str(), input.turn);
  if (hash) out.op_hash = std::move(*hash);
  return out;
}

// The user's roles that reach the project: "viewer", "editor, viewer".
std::string roles_there(const Case& c) {
  std::set<std::string_view> roles;
  for (const RoleBinding& binding : c.bindings) {
    bool reaches = !tenancy::effective(std::span(&binding, 1), Ceiling{}, c.input.workspace, c.project).empty();
    if (reaches) roles.insert(to_string(binding.role));
  }
  return fmt::format("{}", fmt::join(roles, ", "));
}

// "scale workloads" for workloads.scale.
std::string deed(tenancy::Permission permission) {
  std::string_view name = to_string(permission);
  std::size_t dot = name.find('.');
  return fmt::format("{} {}", name.substr(dot + 1), name.substr(0, dot));
}

// A rule gives a sentence when it decides, nothing when the next one is to be asked.
using Sentence = std::optional<std::string>;

Sentence is_malformed(const Case& c) {
  const DecisionInput& in = c.input;
  bool complete = in.operation != nullptr && !in.user.empty() && !in.organization.empty() && !in.workspace.empty() &&
                  !in.turn.empty() && !in.plan.target.uid.empty() && !c.op_hash.empty();
  if (complete) {
    operations::ObjectRef named = operations::target_of(in.arguments);
    named.uid = in.plan.target.uid;
    bool acts_on_kind = std::ranges::find(in.operation->kinds, named.kind) != in.operation->kinds.end();
    if (acts_on_kind && named == in.plan.target) return {};
  }
  return "This is not a change that can be made. Nothing was changed.";
}

Sentence is_read_turn(const Case& c) {
  if (c.input.turn_kind == TurnKind::chat) return {};
  return "This request may only read. Nothing was changed.";
}

Sentence is_inactive(const Case& c) {
  if (c.input.user_active) return {};
  return fmt::format("The user {} is not active. Nothing was changed.", c.input.user.str());
}

// Revoked, or never a member: nothing here is theirs to know.
std::string no_role_in(const tenancy::WorkspaceName& workspace) {
  return fmt::format("You have no role in workspace {}. Nothing was changed.", workspace.str());
}

Sentence is_no_member(const Case& c) {
  bool member =
      std::ranges::any_of(c.bindings, [&](const RoleBinding& b) { return b.scope.workspace == c.input.workspace; });
  if (member) return {};
  return no_role_in(c.input.workspace);
}

// A member without a role in this project may not learn that it exists.
Sentence has_no_role(const Case& c) {
  if (!c.held.empty()) return {};
  return fmt::format("There is no {} in a project {} that you can see. Nothing was changed.",
                     c.input.plan.target.text(), c.project.str());
}

Sentence lacks_permission(const Case& c) {
  tenancy::Permission needed = c.input.operation->permission;
  if (c.held.contains(needed)) return {};
  return fmt::format("You may not {} in project {} (needs {}; your role there: {}). Nothing was changed.", deed(needed),
                     c.project.str(), to_string(needed), roles_there(c));
}

Sentence is_above_ceiling(const Case& c) {
  tenancy::Permission needed = c.input.operation->permission;
  if (c.input.ceiling.at_most.contains(needed)) return {};
  return fmt::format(
      "You may {} in project {}, but not with the credential of this request (it lacks {}). Nothing was "
      "changed.",
      deed(needed), c.project.str(), to_string(needed));
}

Sentence is_another_change(const Case& c) {
  if (!c.input.approval || c.input.approval->op_hash == c.op_hash) return {};
  return fmt::format(
      "{} has changed since this was proposed, so it is no longer the change that was shown. Nothing was "
      "changed; ask again.",
      c.input.plan.target.text());
}

Sentence has_inactive_approver(const Case& c) {
  if (!c.input.approval || c.input.approval->approver_active) return {};
  return fmt::format("The user {} is not active. Nothing was changed.", c.input.approval->approver.str());
}

Sentence lacks_to_approve(const Case& c) {
  if (!c.input.approval) return {};
  for (tenancy::Permission needed : {tenancy::Permission::approvals_decide, c.input.operation->permission})
    if (!c.approver_held.contains(needed))
      return fmt::format("You may not approve this in project {} (needs {}). Nothing was changed.", c.project.str(),
                         to_string(needed));
  return {};
}

Sentence is_unattended_in_vain(const Case& c) {
  if (!c.input.approval || !c.input.approval->unattended) return {};
  if (c.input.plan.risk == tenancy::Risk::high)
    return "A change of high risk is never approved unattended. Nothing was changed; it still waits.";
  if (c.input.policy.allow_unattended_approval) return {};
  return fmt::format("Workspace {} does not allow approvals by programs. Nothing was changed; it still waits.",
                     c.input.workspace.str());
}

Sentence needs_another_person(const Case& c) {
  if (!c.input.approval || c.input.approval->approver != c.input.user) return {};
  if (c.input.policy.rule(c.input.plan.risk).proposer_may_approve) return {};
  return fmt::format("This change is of {} risk: another person than {} must approve it.", to_string(c.input.plan.risk),
                     c.input.user.str());
}

Sentence is_approved(const Case& c) {
  if (!c.input.approval) return {};
  return fmt::format("{} approved exactly this.", c.input.approval->approver.str());
}

Sentence is_not_commanded(const Case& c) {
  if (c.command) return {};
  return "Your message is not a command for exactly this change, so it waits for an approval.";
}

Sentence is_too_risky(const Case& c) {
  tenancy::Risk risk = c.input.plan.risk;
  if (c.input.policy.rule(risk).runs_on_command) return {};
  return fmt::format("This change is of {} risk, which needs an approval in workspace {}.", to_string(risk),
                     c.input.workspace.str());
}

Sentence is_commanded(const Case& c) {
  if (!c.command) return {};
  return "You commanded exactly this.";
}

struct Rule {
  std::string_view name;
  Sentence (*judge)(const Case&);
  Effect effect;
  std::string_view code;
  bool of_proposer = false;  // its sentence speaks to the one who asked for the change
};

// Asked in order, the first that gives a sentence decides. What denies stands before what allows; the rules of an
// approval let everything without one pass.
constexpr Rule kReasons[] = {
    {"well-formed", is_malformed, Effect::deny, "invalid_operation"},
    {"turn-may-change", is_read_turn, Effect::deny, "read_turn"},
    {"user-active", is_inactive, Effect::deny, "user_inactive"},
    {"role-in-workspace", is_no_member, Effect::deny, "no_role", true},
    {"role-in-project", has_no_role, Effect::deny, "not_found", true},
    {"permission-held", lacks_permission, Effect::deny, "missing_permission", true},
    {"within-ceiling", is_above_ceiling, Effect::deny, "above_ceiling", true},
    {"approver-active", has_inactive_approver, Effect::deny, "user_inactive"},
    {"approver-permitted", lacks_to_approve, Effect::deny, "missing_permission"},
    {"as-approved", is_another_change, Effect::deny, "approval_void"},  // it ends the proposal: not by whoever sees it
    {"attended", is_unattended_in_vain, Effect::deny, "unattended_forbidden"},
    {"another-person", needs_another_person, Effect::needs_approval, "other_person_needed"},
    {"approved", is_approved, Effect::allow, "approved"},
    {"commanded", is_not_commanded, Effect::needs_approval, "not_a_command"},
    {"risk-runs", is_too_risky, Effect::needs_approval, "risk_high"},
    {"command", is_commanded, Effect::allow, "command"},
};

// An approver who is another person is told of the proposer, not of themself.
Reason as_told(const Case& c, const Rule& rule, std::string sentence) {
  bool to_another = c.input.approval && c.input.approval->approver != c.input.user;
  if (!rule.of_proposer || !to_another) return {std::string(rule.code), std::move(sentence)};
  return {"proposer_may_not",
          fmt::format("{}, who asked for this, may not do it any more. Nothing was changed.", c.input.user.str())};
}

}  // namespace

std::string_view to_string(Effect effect) {
  switch (effect) {
    case Effect::allow: return "allow";
    case Effect::needs_approval: return "needs_approval";
    case Effect::deny: return "deny";
  }
  return "deny";
}

Decision decide(const DecisionInput& input) {
  Case c = make_case(input);
  Decision decision{.effect = Effect::deny,
                    .rule = "default",
                    .reason = {"invalid_operation", "No rule allows this. Nothing was changed."},
                    .op_hash = c.op_hash,
                    .authorized = {},
                    .command = {}};
  for (const Rule& rule : kReasons) {
    auto sentence = rule.judge(c);
    if (!sentence) continue;
    decision.effect = rule.effect;
    decision.rule = rule.name;
    decision.reason = as_told(c, rule, std::move(*sentence));
    break;
  }
  if (decision.effect == Effect::allow) {
    decision.authorized = DecisionMaker::authorize(*input.operation, input.plan, c.op_hash);
    decision.command = c.command;  // none with an approval
  }
  return decision;
}

Decision deny_outsider(const tenancy::WorkspaceName& workspace) {
  Decision decision;
  decision.rule = "role-in-workspace";
  decision.reason = {"no_role", no_role_in(workspace)};
  return decision;
}

std::optional<AuthorizedOperation> take_up(const operations::Operation& operation, const json::Object& arguments,
                                           const operations::Plan& plan, const std::string& workspace,
                                           const std::string& proposer, const std::string& turn,
                                           const std::string& stored_hash) {
  auto hash = op_hash(operation, arguments, plan, workspace, proposer, turn);
  if (!hash || *hash != stored_hash) return std::nullopt;
  return DecisionMaker::authorize(operation, plan, *hash);
}

}  // namespace api::policy
