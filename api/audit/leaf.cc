// The stored form of an entry: docs/audit-format.md. It is final; a change would break every stored chain.
#include "api/audit/audit.h"
#include "foundation/crypto/digest.h"

namespace api::audit {
namespace {

namespace json = foundation::json;
using foundation::Code;
using foundation::fail;

constexpr int kFormat = 1;

// What is not set is not there.
void put(json::Object& object, std::string_view name, const std::optional<std::string>& text) {
  if (text) object[name] = *text;
}
void put(json::Object& object, std::string_view name, const std::optional<json::Value>& value) {
  if (value) object[name] = *value;
}
void put(json::Object& object, std::string_view name, const std::optional<std::int64_t>& integer) {
  if (integer) object[name] = *integer;
}

json::Array roles_of(const std::vector<RoleSeen>& seen) {
  json::Array roles;
  for (const auto& role : seen) {
    json::Object object{{"role", role.role}};
    put(object, "project", role.project);
    if (role.denies) object["effect"] = "deny";
    roles.push_back(std::move(object));
  }
  return roles;
}

json::Object decision_of(const DecisionSeen& seen) {
  return {{"effect", seen.effect}, {"rule", seen.rule}, {"code", seen.code}, {"text", seen.text}};
}

json::Object target_of(const Target& target) {
  json::Object object{{"project", target.project}, {"kind", target.kind}, {"name", target.name}};
  put(object, "uid", target.uid);
  return object;
}

json::Object state_of(const ObjectState& state) {
  json::Object object;
  put(object, "uid", state.uid);
  put(object, "resource_version", state.resource_version);
  put(object, "value", state.value);
  return object;
}

json::Object object_of(const AuditEntry& entry) {
  json::Object object{{"kind", to_string(entry.kind)}, {"organization", entry.organization}};
  put(object, "workspace", entry.workspace);
  put(object, "turn", entry.turn);
  put(object, "token_digest", entry.token_digest);
  put(object, "subject", entry.subject);
  put(object, "actor", entry.actor);
  if (!entry.roles_seen.empty()) object["roles_seen"] = roles_of(entry.roles_seen);
  put(object, "bindings_revision", entry.bindings_revision);
  put(object, "operation_id", entry.operation_id);
  put(object, "operation", entry.operation);
  put(object, "arguments", entry.arguments);
  put(object, "op_hash", entry.op_hash);
  if (entry.decision) object["decision"] = decision_of(*entry.decision);
  put(object, "approval", entry.approval);
  if (entry.target) object["target"] = target_of(*entry.target);
  if (entry.before) object["before"] = state_of(*entry.before);
  if (entry.after) object["after"] = state_of(*entry.after);
  put(object, "outcome", entry.outcome);
  put(object, "reason", entry.reason);
  put(object, "origin", entry.origin);
  return object;
}

}  // namespace

Result<std::string> leaf_of(const AuditEntry& entry, std::int64_t seq, std::string_view previous, WallTime at) {
  if (entry.organization.empty()) return fail(Code::invalid, "write audit entry", "no organization");
  auto object = object_of(entry);
  object["format"] = kFormat;
  object["seq"] = seq;
  object["previous"] = previous;
  object["at"] = foundation::to_rfc3339(at);
  auto leaf = json::canonical(std::move(object));
  if (!leaf) return foundation::fail_with("write audit entry", leaf.error());
  if (leaf->size() > kMaxLeafBytes) return fail(Code::too_large, "write audit entry", "over 64 KiB");
  return leaf;
}

std::string leaf_hash(std::string_view leaf) {
  std::string prefixed(1, '\0');
  prefixed += leaf;
  return foundation::crypto::sha256_text(prefixed);
}

}  // namespace api::audit
