#include "api/policy/rules.h"

#include <algorithm>

namespace api::policy {

using tenancy::ApprovalRule;
using tenancy::Risk;

namespace {

// The rules of an approval let everything without one pass, those of a command everything with one.
constexpr Rule kRules[] = {
    {"well-formed", [](const Facts& f) { return !f.well_formed; }, Effect::deny, "invalid_operation"},
    {"turn-may-change", [](const Facts& f) { return !f.may_change; }, Effect::deny, "read_turn"},
    {"user-active", [](const Facts& f) { return !f.user_active; }, Effect::deny, "user_inactive"},
    {"role-in-workspace", [](const Facts& f) { return !f.member; }, Effect::deny, "no_role", true},
    {"role-in-project", [](const Facts& f) { return !f.may_know; }, Effect::deny, "not_found", true},
    {"permission-held", [](const Facts& f) { return !f.allowed; }, Effect::deny, "missing_permission", true},
    {"not-denied", [](const Facts& f) { return f.denied; }, Effect::deny, "denied_by_binding", true},
    {"within-ceiling", [](const Facts& f) { return !f.within_ceiling; }, Effect::deny, "above_ceiling", true},
    {"approver-active", [](const Facts& f) { return f.signature && !f.signature->active; }, Effect::deny,
     "user_inactive"},
    {"approver-permitted", [](const Facts& f) { return f.signature && !f.signature->permitted; }, Effect::deny,
     "missing_permission"},
    // It ends the proposal: not by whoever sees it.
    {"as-approved", [](const Facts& f) { return f.signature && !f.signature->of_this; }, Effect::deny, "approval_void"},
    {"risk-allowed", [](const Facts& f) { return f.approval_rule == ApprovalRule::never; }, Effect::deny,
     "risk_forbidden"},
    {"attended",
     [](const Facts& f) {
       return f.signature && f.signature->unattended && (f.risk == Risk::high || !f.unattended_allowed);
     },
     Effect::deny, "unattended_forbidden"},
    {"another-person",
     [](const Facts& f) {
       return f.signature && f.signature->by_proposer && f.approval_rule == ApprovalRule::two_person;
     },
     Effect::needs_approval, "other_person_needed"},
    {"approved", [](const Facts& f) { return f.signature.has_value(); }, Effect::allow, "approved"},
    {"commanded", [](const Facts& f) { return !f.commanded; }, Effect::needs_approval, "not_a_command"},
    {"risk-runs", [](const Facts& f) { return f.approval_rule != ApprovalRule::run; }, Effect::needs_approval,
     "risk_high"},
    {"command", [](const Facts& f) { return f.commanded; }, Effect::allow, "command"},
    {"default", [](const Facts&) { return true; }, Effect::deny, "invalid_operation"},
};

}  // namespace

std::string_view to_string(Effect effect) {
  switch (effect) {
    case Effect::allow: return "allow";
    case Effect::needs_approval: return "needs_approval";
    case Effect::deny: return "deny";
  }
  return "deny";
}

std::span<const Rule> rules() { return kRules; }

const Rule& first_rule(const Facts& facts) {
  return *std::ranges::find_if(kRules, [&](const Rule& rule) { return rule.decides(facts); });
}

}  // namespace api::policy
