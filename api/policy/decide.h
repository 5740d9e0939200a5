// The one place that says yes. Pure: everything it judges is in its input, `now` included. Deny by default; the final
// check passes bindings read in the transaction that writes the intent.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/operations/command_reader.h"
#include "api/policy/authorized_operation.h"
#include "api/policy/rules.h"
#include "api/tenancy/tenancy.h"
#include "foundation/base/clock.h"

namespace api::policy {

enum class TurnKind { chat, read };

// What a person signed off: this very change, by the hash of what they were shown.
struct Approval {
  tenancy::UserName approver;
  bool approver_active = false;
  std::vector<tenancy::RoleBinding> bindings;  // of the approver, fresh
  tenancy::Ceiling ceiling;                    // of the credential that the approver used
  std::string op_hash;
  bool unattended = false;  // by a program that the user told beforehand what to approve
};

struct DecisionInput {
  tenancy::UserName user;
  bool user_active = false;
  tenancy::WorkspaceName workspace;
  tenancy::OrganizationName organization;
  std::vector<tenancy::RoleBinding> bindings;  // of the user, fresh
  tenancy::Ceiling ceiling;                    // of the credential that opened the turn
  tenancy::WorkspacePolicy policy;
  TurnKind turn_kind = TurnKind::read;
  std::string turn;
  std::vector<operations::Command> commands;  // of the turn, those not consumed yet
  std::optional<Approval> approval{};         // then commands do not count
  const operations::Operation* operation = nullptr;
  operations::json::Object arguments;  // validated
  operations::Plan plan;
  foundation::WallTime now{};
};

struct Reason {
  std::string code;  // closed set: those of rules(), and "proposer_may_not" for an approver of what another one asked
  std::string text;  // for the user, plain words
};

struct Decision {
  Effect effect = Effect::deny;
  std::string rule;  // the rule that decided, for the audit
  Reason reason;
  std::string op_hash;
  std::optional<AuthorizedOperation> authorized;  // set exactly when effect is allow
  std::optional<std::size_t> command;  // index into commands of the one that is consumed by this allow, if it is one
};

Decision decide(const DecisionInput& input);

// Whether somebody who holds this in a project may learn what exists there when they ask for a change: they may read
// it, or make the change. Asked before the object is looked at, and again by decide.
bool may_know(const tenancy::Permissions& held, tenancy::Permission needed);

// What decide would say to someone without any role in the workspace, before there is an object to decide on.
Decision deny_outsider(const tenancy::WorkspaceName& workspace);

// Recovery only: takes up again what decide allowed before, from the durable intent. None when the stored hash is not
// that of the stored operation.
std::optional<AuthorizedOperation> take_up(const operations::Operation& operation,
                                           const operations::json::Object& arguments, const operations::Plan& plan,
                                           const std::string& workspace, const std::string& proposer,
                                           const std::string& turn, const std::string& stored_hash);

}  // namespace api::policy
