// The rules of decide() as one table over plain facts: what denies stands before what allows, and what no rule allows
// is denied. Pure. Threads: any.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "api/tenancy/tenancy.h"

namespace api::policy {

enum class Effect { allow, needs_approval, deny };
std::string_view to_string(Effect effect);

// What there is to know of an approval.
struct Signature {
  bool by_proposer = false;
  bool active = false;      // the approver is an active user
  bool permitted = false;   // and may both approve and do it
  bool of_this = false;     // they signed this very change
  bool unattended = false;  // by a program that the user told beforehand what to approve
};

// Everything that a decision depends on; by default nothing speaks for it.
struct Facts {
  bool well_formed = false;
  bool may_change = false;  // the turn is one that may
  bool user_active = false;
  bool member = false;          // of the workspace
  bool may_know = false;        // of what is in the project: they may read it there, or do what they ask for
  bool allowed = false;         // a binding allows what is needed
  bool denied = true;           // a binding denies it
  bool within_ceiling = false;  // the credential leaves it
  bool commanded = false;
  bool unattended_allowed = false;
  tenancy::Risk risk = tenancy::Risk::high;
  tenancy::ApprovalRule approval_rule = tenancy::ApprovalRule::never;  // of the workspace, for that risk
  std::optional<Signature> signature;                                  // then a command does not count
};

struct Rule {
  std::string_view name;
  bool (*decides)(const Facts&);
  Effect effect;
  std::string_view code;     // of the closed set that contracts/events.schema.json lists
  bool of_proposer = false;  // its sentence speaks to the one who asked for the change
};

std::span<const Rule> rules();
// The first one that decides; the last one always does.
const Rule& first_rule(const Facts& facts);

}  // namespace api::policy
