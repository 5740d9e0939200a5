#include "api/change/replies.h"

#include "api/operations/catalogue.h"

namespace api::change {

using foundation::Code;

namespace {

json::Object target_json(const operations::Plan& plan) {
  return {{"project", plan.target.namespace_name},
          {"kind", plan.target.kind},
          {"name", plan.target.name},
          {"uid", plan.target.uid}};
}

}  // namespace

Answer refusal(int status, std::string_view code, std::string_view detail,
               const std::optional<policy::Reason>& reason) {
  json::Object body{{"code", code}, {"detail", detail}};
  if (reason) body["reason"] = json::Object{{"code", reason->code}, {"text", reason->text}};
  return {status, std::move(body)};
}

Answer success(const OperationRow& row, std::string_view state, std::int64_t audit_seq) {
  return {200,
          {{"operation_id", row.id},
           {"state", state},
           {"op_hash", row.op_hash},
           {"target", target_json(row.plan)},
           {"before", row.plan.before},
           {"after", row.plan.after},
           {"undoable", state == "executed" && operations::find_operation(row.name)->undoable},
           {"audit_seq", audit_seq}}};
}

Answer refusal_of(const foundation::Error& error) {
  switch (error.code) {
    case Code::not_found: return refusal(404, "not_found", "There is no such object in this workspace.");
    case Code::conflict:
      return refusal(409, "conflict",
                     "The object kept changing while it was looked at. Nothing was changed; try again.");
    case Code::invalid:
    case Code::denied:
      return refusal(502, "cluster_refused",
                     "The cluster refused the change: " + error.cause + ". Nothing was changed.",
                     policy::Reason{"cluster_refused", error.cause});
    case Code::rate_limited:
      return refusal(429, "rate_limited", "Too many requests; try again in a moment. Nothing was changed.");
    default:
      return refusal(503, "cluster_unavailable", "The cluster does not answer now. Nothing was changed; try again.");
  }
}

turns::Event operation_event(const OperationRow& row, std::string_view state, const Answer& answer) {
  json::Object data{{"operation", row.name}, {"arguments", row.arguments}};
  if (state == "executed" || state == "already_so") {
    for (const auto& [name, value] : answer.body) data[name] = value;
    return {"operation", std::move(data)};
  }
  data["operation_id"] = row.id;
  data["state"] = state;
  if (!row.op_hash.empty()) data["op_hash"] = row.op_hash;
  if (!row.plan.target.uid.empty()) data["target"] = target_json(row.plan);
  if (const auto* reason = answer.body.if_contains("reason")) {
    data["reason"] = *reason;
  } else {
    data["reason"] = json::Object{{"code", answer.body.at("code")}, {"text", answer.body.at("detail")}};
  }
  return {"operation", std::move(data)};
}

audit::AuditEntry entry_of(audit::Kind kind, const OperationRow& row) {
  audit::AuditEntry entry;
  entry.kind = kind;
  entry.organization = row.organization;
  entry.workspace = row.workspace;
  entry.turn = row.turn;
  entry.subject = row.user;
  entry.actor = std::string(turns::kAdvisorWorkload);
  entry.operation_id = row.id;
  entry.operation = row.name;
  entry.arguments = row.arguments;
  if (!row.op_hash.empty()) entry.op_hash = row.op_hash;
  const auto& target = row.plan.target;
  entry.target = audit::Target{target.namespace_name, target.kind, target.name, std::nullopt};
  if (!target.uid.empty()) entry.target->uid = target.uid;
  return entry;
}

audit::AuditEntry entry_of(audit::Kind kind, const OperationRow& row, const caller::Caller& caller,
                           const policy::Decision& decision) {
  audit::AuditEntry entry = entry_of(kind, row);
  entry.token_digest = caller.token_digest;
  entry.bindings_revision = caller.bindings_revision;
  for (const auto& binding : caller.bindings) {
    std::optional<std::string> project;
    if (binding.scope.project) project = binding.scope.project->str();
    entry.roles_seen.push_back({std::string(tenancy::to_string(binding.role)), project});
  }
  entry.decision = audit::DecisionSeen{std::string(policy::to_string(decision.effect)), decision.rule,
                                       decision.reason.code, decision.reason.text};
  return entry;
}

}  // namespace api::change
