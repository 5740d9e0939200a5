// The audit log: append-only, one hash chain per organization. An entry is written inside the caller's transaction, so
// that an intent and its audit are one commit (make that write Durability::durable). Owned by audit: nobody else
// queries its tables. The stored format is final and described in docs/audit-format.md. Threads: those of the database.
#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/error.h"
#include "foundation/database/database.h"
#include "foundation/json/value.h"

namespace api::audit {

using foundation::Done;
using foundation::Result;
using foundation::WallTime;
using foundation::database::Session;

// The organization of what belongs to none (a login with an unknown name). No real name looks like this.
inline constexpr std::string_view kInstallation = "-";
inline constexpr std::size_t kMaxLeafBytes = 64 << 10;
inline constexpr std::size_t kMaxListed = 500;

enum class Kind {
  operation_decision,
  operation_intent,
  operation_outcome,
  operation_settled,
  approval_opened,
  approval_decided,
  approval_void,
  turn_opened,
  turn_closed,
  stream_dropped,
  login_succeeded,
  login_failed,
  session_closed,
  user_added,
  user_changed,
  binding_granted,
  binding_revoked,
  role_changed,
  workspace_changed,
};
std::string_view to_string(Kind kind);  // "operation.decision"
std::optional<Kind> parse_kind(std::string_view text);

struct RoleSeen {
  std::string role;
  std::optional<std::string> project;  // none: the whole workspace
  bool denies = false;                 // a deny of the role's permissions
};

struct DecisionSeen {
  std::string effect;  // "allow" | "needs_approval" | "deny"
  std::string rule;
  std::string code;
  std::string text;
};

struct Target {
  std::string project;
  std::string kind;
  std::string name;
  std::optional<std::string> uid;
};

struct ObjectState {
  std::optional<std::string> uid;
  std::optional<std::string> resource_version;
  std::optional<foundation::json::Value> value;  // the fields that the operation reads or writes
};

// Whatever is not set is not in the stored entry. No token, no secret, no text of a model.
struct AuditEntry {
  Kind kind{};
  std::string organization;  // or kInstallation
  std::optional<std::string> workspace;
  std::optional<std::string> turn;
  std::optional<std::string> token_digest;  // of the jti, never of the token
  std::optional<std::string> subject;       // the user
  std::optional<std::string> actor;         // the workload that spoke for them
  std::vector<RoleSeen> roles_seen;
  std::optional<std::int64_t> bindings_revision;
  std::optional<std::string> operation_id;
  std::optional<std::string> operation;              // its name, "scale"
  std::optional<foundation::json::Value> arguments;  // canonical
  std::optional<std::string> op_hash;
  std::optional<DecisionSeen> decision;
  std::optional<std::string> approval;
  std::optional<Target> target;
  std::optional<ObjectState> before;
  std::optional<ObjectState> after;
  std::optional<std::string> outcome;  // "executed", "refused", "failed", "unknown", "settled", ...
  std::optional<std::string> reason;   // a code from a closed set, where there is no decision
  std::optional<std::string> origin;   // "console", "cli", "api", "recovery"
};

struct AuditRecord {
  std::int64_t seq = 0;  // 1, 2, ... in the organization
  std::string hash;      // "sha256:..."
  std::string leaf;      // the canonical JSON text that was hashed
};

struct ChainHead {
  std::int64_t seq = 0;  // 0: empty
  std::string hash;      // kGenesis while empty
  friend bool operator==(const ChainHead&, const ChainHead&) = default;
};
inline constexpr std::string_view kGenesis = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

// The first entry that does not follow from the one before it.
struct BadEntry {
  std::size_t index = 0;  // from 0; the number of entries when the end is missing
  std::string why;
};

// invalid: values that have no canonical form (a fraction, malformed UTF-8); too_large: over kMaxLeafBytes.
Result<AuditRecord> append(Session& session, const AuditEntry& entry, WallTime at);
// Newest first. `workspace`: none for all; `before_seq`: 0 for the newest; at most kMaxListed.
Result<std::vector<AuditRecord>> list(Session& session, const std::string& organization,
                                      const std::optional<std::string>& workspace, std::int64_t before_seq,
                                      std::size_t limit);
Result<ChainHead> head(Session& session, const std::string& organization);
// Recomputes the whole stored chain; the inner value is the verdict.
Result<std::expected<ChainHead, BadEntry>> verify_chain(Session& session, const std::string& organization);

// Pure parts, for exports and for verifiers elsewhere.
Result<std::string> leaf_of(const AuditEntry& entry, std::int64_t seq, std::string_view previous, WallTime at);
std::string leaf_hash(std::string_view leaf);  // RFC 9162: SHA-256(0x00 || leaf)
// `leaves` follow `from` (an empty head: the genesis); with `until`, they must end exactly there.
std::expected<ChainHead, BadEntry> verify(std::span<const std::string> leaves,
                                          const ChainHead& from = {0, std::string(kGenesis)},
                                          const std::optional<ChainHead>& until = std::nullopt);

std::span<const foundation::database::Migration> migrations();

}  // namespace api::audit
