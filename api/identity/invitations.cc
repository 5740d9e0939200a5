#include "api/identity/invitations.h"

#include <utility>

#include "api/identity/throttle.h"
#include "api/identity/token.h"

namespace api::identity {
namespace {

using foundation::Code;
using foundation::fail;

std::int64_t cell_of(WallTime at) { return at.time_since_epoch().count(); }

// The user whom the token invites; not_found when it is used up, expired or nobody's.
Result<UserName> invited(Session& session, const Secret& token) {
  auto rows = session.query(
      "SELECT u.name FROM invitations i JOIN users u ON u.name = i.user_name"
      " WHERE i.id = $1 AND i.expires_at > $2 AND u.disabled = 0",
      {id_of(token), cell_of(session.now())});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return fail(Code::not_found, "find invitation", "no such invitation");
  return UserName(rows->front().text(0));
}

}  // namespace

Result<Invitation> invite(Session& session, const UserName& name) {
  auto user = find_user(session, name);
  if (!user) return std::unexpected(user.error());
  if (user->disabled) return fail(Code::conflict, "invite user", "the user is disabled");
  Invitation invitation{new_token(), session.now() + kInvitationLifetime};
  auto cleared = session.execute("DELETE FROM invitations WHERE expires_at <= $1", {cell_of(session.now())});
  if (!cleared) return std::unexpected(cleared.error());
  auto kept = session.execute(
      "INSERT INTO invitations (id, user_name, expires_at) VALUES ($1, $2, $3)"
      " ON CONFLICT (user_name) DO UPDATE SET id = excluded.id, expires_at = excluded.expires_at",
      {id_of(invitation.token), name.str(), cell_of(invitation.expires_at)});
  if (!kept) return std::unexpected(kept.error());
  return invitation;
}

Result<bool> try_invitation(Session& session, const Secret& token, const std::string& address) {
  if (auto counted = count_attempt(session, address_key(address)); !counted) return std::unexpected(counted.error());
  auto name = invited(session, token);
  if (!name && name.error().code != Code::not_found) return std::unexpected(name.error());
  return name.has_value();
}

Result<LoggedIn> accept_invitation(Session& session, const Secret& token, const std::string& password_hash,
                                   const std::string& address) {
  auto name = invited(session, token);
  if (!name && name.error().code == Code::not_found)
    return fail(Code::unauthenticated, "accept invitation", "it is not valid, or no longer");
  if (!name) return std::unexpected(name.error());
  auto used_up = session.execute("DELETE FROM invitations WHERE id = $1", {id_of(token)});
  if (!used_up) return std::unexpected(used_up.error());
  if (auto set = set_password(session, *name, password_hash); !set) return std::unexpected(set.error());
  // The name's failures were guesses at the old password.
  if (auto done = forget_failures(session, name_key(name->str())); !done) return std::unexpected(done.error());
  if (auto done = take_back_attempt(session, address_key(address)); !done) return std::unexpected(done.error());
  auto user = find_user(session, *name);
  if (!user) return std::unexpected(user.error());
  auto opened = open_session(session, *name);
  if (!opened) return std::unexpected(opened.error());
  return LoggedIn{std::move(*user), std::move(*opened)};
}

}  // namespace api::identity
