// Turns as rows. A turn is live while it is not closed and its deadline and lease lie ahead, by the database's clock; a
// token is worth nothing without its live turn. That one was opened or closed stands in the audit, of the same
// transaction. All functions run inside the caller's.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/operations/command_reader.h"
#include "api/tenancy/tenancy.h"
#include "foundation/base/clock.h"
#include "foundation/base/error.h"
#include "foundation/database/database.h"
#include "foundation/database/retention.h"

namespace api::turns {

using foundation::Done;
using foundation::Milliseconds;
using foundation::Result;
using foundation::WallTime;
using foundation::database::Session;

inline constexpr Milliseconds kTurnTime{270'000};  // under the token's 300 s, so that an answer can still be completed
inline constexpr Milliseconds kLease{15'000};
inline constexpr Milliseconds kLeaseRenewal{5'000};
inline constexpr std::size_t kMaxMessageBytes = 8 << 10;
inline constexpr std::size_t kMaxOpenTurnsPerUser = 16;
inline constexpr Milliseconds kKeepTurns{30 * 24 * std::chrono::hours(1)};  // the row; the audit is kept for ever

enum class Kind { chat, read };

struct Turn {
  std::string id;
  Kind kind = Kind::chat;
  tenancy::UserName user;
  tenancy::OrganizationName organization;
  tenancy::WorkspaceName workspace;
  std::string credential;  // id of the session that opened it
  tenancy::Ceiling ceiling;
  std::string conversation;
  std::string message;                        // redacted
  std::vector<operations::Command> commands;  // as the control plane read them; no operation: not known any more
  WallTime deadline{};
};

// Code::conflict when the conversation has another live turn; Code::rate_limited when the user has
// kMaxOpenTurnsPerUser.
Done open_turn(Session& session, const Turn& turn);
// Code::unauthenticated when the turn is not live: there is nothing to renew.
Done renew_lease(Session& session, const std::string& id);
// Idempotent: the first outcome stays.
Done close_turn(Session& session, const std::string& id, const std::string& outcome);
// With the sessions that opened them: their tokens are worth nothing from the commit on, and keep_lease (forward.cc)
// ends their streams within kLeaseRenewal.
Done close_turns_of(Session& session, const tenancy::UserName& user);
Done close_turns_opened_by(Session& session, const std::string& credential);
// Those whose lease ran out: the process that forwarded them died.
Done close_dead_turns(Session& session);
// Code::unauthenticated for a turn that is unknown, closed, past its deadline or whose lease ran out.
Result<Turn> live_turn(Session& session, const std::string& id);

// Positions in Turn::commands that no operation has consumed yet.
Result<std::vector<std::size_t>> open_commands(Session& session, const Turn& turn);
// Code::conflict when it was consumed before.
Done consume_command(Session& session, const std::string& turn, std::size_t position, const std::string& operation_id);

// Pure: what was opened before has ended long ago, since no turn lasts longer than kTurnTime.
WallTime turns_kept_from(WallTime now);
// Turns from before turns_kept_from, with what they consumed.
Result<std::int64_t> delete_old_turns(Session& session);
inline constexpr foundation::database::Retention kTurnRetention{"api/turns", &delete_old_turns};

}  // namespace api::turns
