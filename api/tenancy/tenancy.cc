#include "api/tenancy/tenancy.h"

#include <algorithm>
#include <array>
#include <utility>

#include "foundation/json/view.h"

namespace api::tenancy {
namespace {

template <class E, std::size_t N>
using Names = std::array<std::pair<E, std::string_view>, N>;

constexpr Names<Risk, 3> kRisks = {{{Risk::low, "low"}, {Risk::medium, "medium"}, {Risk::high, "high"}}};
constexpr Names<BindingEffect, 2> kEffects = {{{BindingEffect::allow, "allow"}, {BindingEffect::deny, "deny"}}};
constexpr Names<ApprovalRule, 4> kApprovalRules = {{{ApprovalRule::run, "run"},
                                                    {ApprovalRule::approve, "approve"},
                                                    {ApprovalRule::two_person, "two-person"},
                                                    {ApprovalRule::never, "never"}}};

template <class E, std::size_t N>
std::string_view name_in(const Names<E, N>& names, E value) {
  for (const auto& [known, name] : names)
    if (known == value) return name;
  return {};
}

template <class E, std::size_t N>
std::optional<E> parse_in(const Names<E, N>& names, std::string_view text) {
  for (const auto& [known, name] : names)
    if (name == text) return known;
  return std::nullopt;
}

bool reaches(const RoleBinding& binding, const WorkspaceName& workspace, const std::optional<ProjectName>& project) {
  const Scope& scope = binding.scope;
  if (scope.workspace != workspace) return false;
  return !scope.project || scope.project == project || (binding.denies() && !project);
}

}  // namespace

bool is_name(std::string_view text) {
  auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 63 && plain(text.front()) && plain(text.back()) &&
         std::ranges::all_of(text, [&](char c) { return plain(c) || c == '-'; });
}

std::string_view to_string(Risk risk) { return name_in(kRisks, risk); }
std::string_view to_string(BindingEffect effect) { return name_in(kEffects, effect); }
std::string_view to_string(ApprovalRule rule) { return name_in(kApprovalRules, rule); }
std::optional<Risk> parse_risk(std::string_view text) { return parse_in(kRisks, text); }
std::optional<BindingEffect> parse_binding_effect(std::string_view text) { return parse_in(kEffects, text); }
std::optional<ApprovalRule> parse_approval_rule(std::string_view text) { return parse_in(kApprovalRules, text); }

std::optional<Role> built_in_role(std::string_view name) {
  for (const Role* role : {&Role::viewer, &Role::editor, &Role::admin})
    if (role->name.str() == name) return *role;
  return std::nullopt;
}

std::string to_text(const Ceiling& ceiling) { return to_text(ceiling.at_most); }

Ceiling parse_ceiling(std::string_view text) {
  Ceiling ceiling{.at_most = {}};
  auto names = foundation::json::parse_strict(text);
  if (!names) return ceiling;
  for (const auto& name : foundation::json::View(*names).array())
    if (auto permission = parse_permission(foundation::json::View(name).text())) ceiling.at_most.insert(*permission);
  return ceiling;
}

ApprovalRule WorkspacePolicy::rule(Risk risk) const {
  switch (risk) {
    case Risk::low: return low;
    case Risk::medium: return medium;
    case Risk::high: return high;
  }
  return ApprovalRule::never;
}

bool is_member(std::span<const RoleBinding> bindings, const WorkspaceName& workspace) {
  return std::ranges::any_of(
      bindings, [&](const RoleBinding& binding) { return !binding.denies() && binding.scope.workspace == workspace; });
}

Rights rights_in(std::span<const RoleBinding> bindings, const WorkspaceName& workspace,
                 const std::optional<ProjectName>& project) {
  Rights rights;
  for (const auto& binding : bindings) {
    if (!reaches(binding, workspace, project)) continue;
    Permissions& side = binding.denies() ? rights.denied : rights.allowed;
    side = side | binding.role.permissions;
  }
  return rights;
}

Permissions effective(std::span<const RoleBinding> bindings, const Ceiling& ceiling, const WorkspaceName& workspace,
                      const std::optional<ProjectName>& project) {
  return rights_in(bindings, workspace, project).held() & ceiling.at_most;
}

}  // namespace api::tenancy
