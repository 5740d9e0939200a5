#include <array>
#include <utility>

#include "api/audit/audit.h"

namespace api::audit {
namespace {

constexpr std::pair<Kind, std::string_view> kKinds[] = {
    {Kind::operation_decision, "operation.decision"},
    {Kind::operation_intent, "operation.intent"},
    {Kind::operation_outcome, "operation.outcome"},
    {Kind::operation_settled, "operation.settled"},
    {Kind::approval_opened, "approval.opened"},
    {Kind::approval_decided, "approval.decided"},
    {Kind::approval_void, "approval.void"},
    {Kind::turn_opened, "turn.opened"},
    {Kind::turn_closed, "turn.closed"},
    {Kind::stream_dropped, "stream.dropped"},
    {Kind::login_succeeded, "login.succeeded"},
    {Kind::login_failed, "login.failed"},
    {Kind::session_closed, "session.closed"},
    {Kind::user_added, "user.added"},
    {Kind::user_changed, "user.changed"},
    {Kind::binding_granted, "binding.granted"},
    {Kind::binding_revoked, "binding.revoked"},
    {Kind::role_changed, "role.changed"},
    {Kind::workspace_changed, "workspace.changed"},
};

}  // namespace

std::string_view to_string(Kind kind) {
  for (const auto& [known, name] : kKinds)
    if (known == kind) return name;
  return {};
}

std::optional<Kind> parse_kind(std::string_view text) {
  for (const auto& [known, name] : kKinds)
    if (name == text) return known;
  return std::nullopt;
}

}  // namespace api::audit
