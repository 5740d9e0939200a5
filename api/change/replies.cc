#include "api/change/replies.h"

#include "api/operations/catalogue.h"
#include "foundation/base/unicode.h"
#include "foundation/base/uuid.h"
#include "foundation/redaction/patterns.h"

namespace api::change {

using foundation::Code;

namespace {

json::Object target_json(const operations::Plan& plan) {
  return {{"project", plan.target.namespace_name},
          {"kind", plan.target.kind},
          {"name", plan.target.name},
          {"uid", plan.target.uid}};
}

std::string cut(std::string text) {
  if (text.size() <= kMaxReasonBytes) return text;
  text.resize(kMaxReasonBytes - 3);
  return foundation::visible_text(text) + "...";  // the cut may have split a character
}

json::Object reason_json(const policy::Reason& reason) { return {{"code", reason.code}, {"text", cut(reason.text)}}; }

json::Value reason_of(const Answer& answer) {
  if (const auto* reason = answer.body.if_contains("reason")) return *reason;
  return reason_json(
      {std::string(answer.body.at("code").as_string()), std::string(answer.body.at("detail").as_string())});
}

// Free text of its admission: without credentials, which go under the cluster's own names for them.
std::string said_by(cluster::Cluster* cluster, const foundation::Error& error) {
  foundation::redaction::Pseudonyms own;
  return foundation::redaction::redact_text(error.cause, cluster ? *cluster->pseudonyms : own).str();
}

Answer unknown(const OperationRow& row, std::string_view detail, const policy::Reason& reason) {
  Answer out = refusal(504, "outcome_unknown", detail, reason);
  out.body["operation_id"] = row.id;
  return out;
}

}  // namespace

Answer refusal(int status, std::string_view code, std::string_view detail,
               const std::optional<policy::Reason>& reason) {
  json::Object body{{"code", code}, {"detail", detail}};
  if (reason) body["reason"] = reason_json(*reason);
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

Answer refusal_of(const foundation::Error& error, cluster::Cluster* cluster) {
  std::string said = said_by(cluster, error);
  switch (error.code) {
    case Code::not_found: return refusal(404, "not_found", "There is no such object in this workspace.");
    case Code::conflict:
      return refusal(409, "conflict",
                     "The object kept changing while it was looked at. Nothing was changed; try again.");
    case Code::invalid:
    case Code::denied:
      return refusal(502, "cluster_refused", "The cluster refused the change: " + said + ". Nothing was changed.",
                     policy::Reason{"cluster_refused", said});
    case Code::rate_limited:
      return refusal(429, "rate_limited", "Too many requests; try again in a moment. Nothing was changed.");
    default:
      return refusal(503, "cluster_unavailable", "The cluster does not answer now. Nothing was changed; try again.");
  }
}

Answer unknown_outcome(const OperationRow& row, const foundation::Error& error, cluster::Cluster* cluster) {
  return unknown(row,
                 "Another writer changed the object meanwhile, so nobody can tell whether this was applied. It is not "
                 "tried again; look at the object.",
                 {"outcome_unknown", said_by(cluster, error)});
}

Answer still_running(const OperationRow& row) {
  return unknown(row, "The change is still on its way; the audit will say what became of it.",
                 {"still_running", "The cluster has not answered yet."});
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
  data["reason"] = reason_of(answer);
  return {"operation", std::move(data)};
}

namespace {

std::vector<audit::RoleSeen> roles_of(const std::vector<tenancy::RoleBinding>& bindings) {
  std::vector<audit::RoleSeen> roles;
  for (const auto& binding : bindings) {
    std::optional<std::string> project;
    if (binding.scope.project) project = binding.scope.project->str();
    roles.push_back({binding.role.name.str(), project, binding.denies()});
  }
  return roles;
}

}  // namespace

audit::AuditEntry entry_of(audit::Kind kind, const OperationRow& row) {
  audit::AuditEntry entry;
  entry.kind = kind;
  entry.organization = row.organization;
  entry.workspace = row.workspace;
  entry.turn = row.turn;
  entry.subject = row.user;
  if (row.undoes.empty()) entry.actor = std::string(turns::kAdvisorWorkload);  // an undo is asked for by hand
  entry.operation_id = row.id;
  entry.operation = row.name;
  entry.arguments = row.arguments;
  if (!row.op_hash.empty()) entry.op_hash = row.op_hash;
  const auto& target = row.plan.target;
  entry.target = audit::Target{target.namespace_name, target.kind, target.name, std::nullopt};
  if (!target.uid.empty()) entry.target->uid = target.uid;
  return entry;
}

audit::AuditEntry entry_of(audit::Kind kind, const OperationRow& row, const Grounds& grounds,
                           const policy::Decision& decision, const std::string& approval) {
  audit::AuditEntry entry = entry_of(kind, row);
  const caller::Caller& caller = grounds.caller;
  if (!caller.token_digest.empty()) entry.token_digest = caller.token_digest;
  if (!approval.empty()) entry.approval = approval;
  entry.bindings_revision = caller.bindings_revision;
  entry.roles_seen = roles_of(caller.bindings);
  entry.decision = audit::DecisionSeen{std::string(policy::to_string(decision.effect)), decision.rule,
                                       decision.reason.code, decision.reason.text};
  return entry;
}

void tried_by(const policy::Approval& approval, audit::AuditEntry& entry) {
  entry.subject = approval.approver.str();
  entry.actor = std::nullopt;
  entry.roles_seen = roles_of(approval.bindings);
}

ApprovalRow proposal_of(const OperationRow& row, const caller::Caller& caller, const policy::Decision& decision,
                        WallTime now) {
  ApprovalRow out{.id = foundation::new_uuid(now),
                  .operation_id = row.id,
                  .turn = row.turn,
                  .workspace = row.workspace,
                  .project = row.plan.target.namespace_name,
                  .proposer = row.user,
                  .ceiling = caller.turn.ceiling,
                  .op_hash = decision.op_hash,
                  .expires_at = now + kApprovalTime};
  out.rendering = {{"approval_id", out.id},
                   {"op_hash", out.op_hash},
                   {"operation", row.name},
                   {"arguments", row.arguments},
                   {"target", target_json(row.plan)},
                   {"before", row.plan.before},
                   {"after", row.plan.after},
                   {"diff", row.plan.diff},
                   {"risk", tenancy::to_string(row.plan.risk)},
                   {"reason", reason_json(decision.reason)},
                   {"proposer", row.user},
                   {"turn_id", row.turn},
                   {"created_at", foundation::to_rfc3339(now)},
                   {"expires_at", foundation::to_rfc3339(out.expires_at)}};
  return out;
}

Answer waiting(const ApprovalRow& approval, const policy::Reason& reason) {
  return {202,
          {{"approval_id", approval.id},
           {"op_hash", approval.op_hash},
           {"reason", reason_json(reason)},
           {"expires_at", foundation::to_rfc3339(approval.expires_at)}}};
}

turns::Event proposal_event(const OperationRow& row, const policy::Reason& reason) {
  json::Object data = row.answer->body;
  data["reason"] = reason_json(reason);
  data["operation"] = row.name;
  data["arguments"] = row.arguments;
  data["diff"] = row.plan.diff;
  data["risk"] = tenancy::to_string(row.plan.risk);
  return {"proposal", std::move(data)};
}

json::Object record_json(const OperationRow& row) {
  bool is_done = row.state == "executed" || row.state == "already_so";
  json::Object out{{"operation_id", row.id},
                   {"operation", row.name},
                   {"arguments", row.arguments},
                   {"state", row.state},
                   {"undoable", row.state == "executed" && operations::find_operation(row.name) &&
                                    operations::find_operation(row.name)->undoable},
                   {"requested_by", row.user},
                   {"turn_id", row.turn},
                   {"created_at", foundation::to_rfc3339(row.created_at)},
                   {"completed_at", nullptr},
                   {"readiness", nullptr}};
  if (!row.op_hash.empty()) out["op_hash"] = row.op_hash;
  if (!row.plan.target.uid.empty()) {
    out["target"] = target_json(row.plan);
    out["before"] = row.plan.before;
    out["after"] = row.plan.after;
  }
  if (row.completed_at) out["completed_at"] = foundation::to_rfc3339(*row.completed_at);
  if (!row.readiness.empty()) out["readiness"] = row.readiness;
  if (!row.undoes.empty()) out["undoes"] = row.undoes;
  if (row.answer && !is_done) out["reason"] = reason_of(*row.answer);
  return out;
}

json::Object approval_json(const ApprovalRow& row, WallTime now, bool may_decide) {
  json::Object out = row.rendering;
  bool late = row.state == "open" && now >= row.expires_at;
  out["state"] = late ? "expired" : row.state;
  out["may_decide"] = may_decide;
  if (!row.decided_by.empty()) out["decided_by"] = row.decided_by;
  if (row.decided_at) out["decided_at"] = foundation::to_rfc3339(*row.decided_at);
  if (row.state == "approved") out["operation_id"] = row.operation_id;
  return out;
}

}  // namespace api::change
