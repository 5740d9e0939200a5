#include "api/policy/decide.h"

#include <utility>

#include "api/policy/case.h"
#include "api/policy/op_hash.h"
#include "api/policy/sentences.h"

namespace api::policy {

namespace json = foundation::json;

// The one that may call AuthorizedOperation's constructor.
struct DecisionMaker {
  static AuthorizedOperation authorize(const operations::Operation& operation, const operations::Plan& plan,
                                       const std::string& hash) {
    return {&operation, plan, hash};
  }
};

namespace {

std::string hash_of(const DecisionInput& input) {
  if (input.operation == nullptr) return {};
  auto hash =
      op_hash(*input.operation, input.arguments, input.plan, input.workspace.str(), input.user.str(), input.turn);
  return hash ? std::move(*hash) : std::string();
}

}  // namespace

Decision decide(const DecisionInput& input) {
  Case weighed = weigh(input, hash_of(input));
  Facts facts = facts_of(weighed);
  const Rule& rule = first_rule(facts);
  Decision decision{.effect = rule.effect,
                    .rule = std::string(rule.name),
                    .reason = reason_of(rule, weighed),
                    .op_hash = weighed.op_hash,
                    .authorized = {},
                    .command = {}};
  if (decision.effect == Effect::allow) {
    decision.authorized = DecisionMaker::authorize(*input.operation, input.plan, decision.op_hash);
    if (!facts.signature) decision.command = matching_command(input);
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
