#include "api/policy/sentences.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>

namespace api::policy {
namespace {

// The user's roles that reach the project: "viewer", "editor, viewer".
std::string roles_there(const Case& c) {
  std::set<std::string_view> roles;
  for (const tenancy::RoleBinding& binding : c.input.bindings) {
    bool own = is_own(binding, c.input.user, c.input.organization);
    bool allows = !tenancy::rights_in(std::span(&binding, 1), c.input.workspace, c.project).allowed.empty();
    if (own && allows) roles.insert(binding.role.name.str());
  }
  return fmt::format("{}", fmt::join(roles, ", "));
}

// "scale workloads" for workloads.scale.
std::string deed(tenancy::Permission permission) {
  if (permission == tenancy::Permission::workloads_rollback) return "roll back workloads";
  if (permission == tenancy::Permission::workloads_set_resources) return "set resources of workloads";
  std::string_view name = to_string(permission);
  std::size_t dot = name.find('.');
  return fmt::format("{} {}", name.substr(dot + 1), name.substr(0, dot));
}

std::string_view needed(const Case& c) { return to_string(c.input.operation->permission); }
std::string_view risk(const Case& c) { return to_string(c.input.plan.risk); }
const std::string& workspace(const Case& c) { return c.input.workspace.str(); }
const std::string& approver(const Case& c) { return c.input.approval->approver.str(); }

std::string malformed(const Case&) { return "This is not a change that can be made. Nothing was changed."; }

std::string read_turn(const Case&) { return "This request may only read. Nothing was changed."; }

std::string user_inactive(const Case& c) {
  return fmt::format("The user {} is not active. Nothing was changed.", c.input.user.str());
}

std::string no_member(const Case& c) { return no_role_in(c.input.workspace); }

// Who may neither read here nor do this may not learn that it exists.
std::string no_role_here(const Case& c) {
  return fmt::format("There is no {} in a project {} that you can see. Nothing was changed.",
                     c.input.plan.target.text(), c.project.str());
}

std::string no_permission(const Case& c) {
  return fmt::format("You may not {} in project {} (needs {}; your role there: {}). Nothing was changed.",
                     deed(c.input.operation->permission), c.project.str(), needed(c), roles_there(c));
}

std::string denied(const Case& c) {
  return fmt::format("You may not {} in project {}: {} was denied to you there. Nothing was changed.",
                     deed(c.input.operation->permission), c.project.str(), needed(c));
}

std::string above_ceiling(const Case& c) {
  return fmt::format(
      "You may {} in project {}, but not with the credential of this request (it lacks {}). Nothing was "
      "changed.",
      deed(c.input.operation->permission), c.project.str(), needed(c));
}

std::string approver_inactive(const Case& c) {
  return fmt::format("The user {} is not active. Nothing was changed.", approver(c));
}

std::string may_not_approve(const Case& c) {
  bool decides = c.approver_held.contains(tenancy::Permission::approvals_decide);
  return fmt::format("You may not approve this in project {} (needs {}). Nothing was changed.", c.project.str(),
                     decides ? needed(c) : to_string(tenancy::Permission::approvals_decide));
}

std::string another_change(const Case& c) {
  return fmt::format(
      "{} has changed since this was proposed, so it is no longer the change that was shown. Nothing was "
      "changed; ask again.",
      c.input.plan.target.text());
}

std::string forbidden_risk(const Case& c) {
  return fmt::format("A change of {} risk is never made in workspace {}: its policy says so. Nothing was changed.",
                     risk(c), workspace(c));
}

std::string unattended(const Case& c) {
  if (c.input.plan.risk == tenancy::Risk::high)
    return "A change of high risk is never approved unattended. Nothing was changed; it still waits.";
  return fmt::format("Workspace {} does not allow approvals by programs. Nothing was changed; it still waits.",
                     workspace(c));
}

std::string another_person(const Case& c) {
  return fmt::format("This change is of {} risk: another person than {} must approve it.", risk(c), c.input.user.str());
}

std::string approved(const Case& c) { return fmt::format("{} approved exactly this.", approver(c)); }

std::string not_commanded(const Case&) {
  return "Your message is not a command for exactly this change, so it waits for an approval.";
}

std::string too_risky(const Case& c) {
  return fmt::format("This change is of {} risk, which needs an approval in workspace {}.", risk(c), workspace(c));
}

std::string commanded(const Case&) { return "You commanded exactly this."; }

std::string nothing_allows(const Case&) { return "No rule allows this. Nothing was changed."; }

struct Row {
  std::string_view rule;
  std::string (*tell)(const Case&);
};
constexpr Row kSentences[] = {
    {"well-formed", malformed},
    {"turn-may-change", read_turn},
    {"user-active", user_inactive},
    {"role-in-workspace", no_member},
    {"role-in-project", no_role_here},
    {"permission-held", no_permission},
    {"not-denied", denied},
    {"within-ceiling", above_ceiling},
    {"approver-active", approver_inactive},
    {"approver-permitted", may_not_approve},
    {"as-approved", another_change},
    {"risk-allowed", forbidden_risk},
    {"attended", unattended},
    {"another-person", another_person},
    {"approved", approved},
    {"commanded", not_commanded},
    {"risk-runs", too_risky},
    {"command", commanded},
    {"default", nothing_allows},
};

}  // namespace

std::string no_role_in(const tenancy::WorkspaceName& workspace) {
  return fmt::format("You have no role in workspace {}. Nothing was changed.", workspace.str());
}

// An approver who is another person is told of the proposer, not of themself.
Reason reason_of(const Rule& rule, const Case& c) {
  if (rule.of_proposer && c.input.approval && c.input.approval->approver != c.input.user)
    return {"proposer_may_not",
            fmt::format("{}, who asked for this, may not do it any more. Nothing was changed.", c.input.user.str())};
  const auto* row = std::ranges::find(kSentences, rule.name, &Row::rule);
  return {std::string(rule.code), row == std::end(kSentences) ? nothing_allows(c) : row->tell(c)};
}

}  // namespace api::policy
