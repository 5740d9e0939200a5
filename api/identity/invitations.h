// One-time tokens with which a user sets a password without having one: the first sign-in, and a forgotten password.
// 256 random bits, shown once to whoever invites; the database keeps SHA-256 of them. The functions run inside the
// caller's transaction. Threads: those of the database.
#pragma once
#include <string>

#include "api/identity/identity.h"

namespace api::identity {

inline constexpr Milliseconds kInvitationLifetime{24 * 3'600'000};

struct Invitation {
  Secret token;
  WallTime expires_at{};
};

// Takes the place of the user's earlier one. not_found; conflict for a disabled user.
Result<Invitation> invite(Session& session, const UserName& name);
// Whether the token is good now. Counts as a failed login of the address until it is accepted (login.h), so that nobody
// tries tokens faster than passwords; rate_limited while the address must wait.
Result<bool> try_invitation(Session& session, const Secret& token, const std::string& address);
// Uses the token up, sets the password and signs the user in: all three, or none. unauthenticated when it is not good.
Result<LoggedIn> accept_invitation(Session& session, const Secret& token, const std::string& password_hash,
                                   const std::string& address);

}  // namespace api::identity
