#include <algorithm>
#include <utility>

#include "api/identity/identity.h"
#include "api/identity/token.h"

namespace api::identity {
namespace {

using foundation::Code;
using foundation::fail;

WallTime time_from(std::int64_t milliseconds) { return WallTime(Milliseconds(milliseconds)); }
std::int64_t cell_of(WallTime at) { return at.time_since_epoch().count(); }

// None stays none when there are more permissions one day.
foundation::database::Cell ceiling_cell(const tenancy::Ceiling& ceiling) {
  if (ceiling == tenancy::Ceiling{}) return std::monostate();
  return tenancy::to_text(ceiling);
}

std::unexpected<foundation::Error> no_session() { return fail(Code::unauthenticated, "find session", "sign in again"); }

}  // namespace

Result<NewSession> open_session(Session& session, const UserName& name, const tenancy::Ceiling& ceiling) {
  auto now = session.now();
  // Each login clears some of what has ended: the table stays as small as the number of live sessions.
  auto cleared = session.execute(
      "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE opened_at <= $1 OR used_at <= $2 LIMIT 100)",
      {cell_of(now - kSessionLifetime), cell_of(now - kSessionIdle)});
  if (!cleared) return std::unexpected(cleared.error());
  Secret token = new_token();
  auto id = id_of(token);
  auto added = session.execute(
      "INSERT INTO sessions (id, user_name, opened_at, used_at, ceiling)"
      " SELECT $1, name, $3, $3, $4 FROM users WHERE name = $2 AND disabled = 0",
      {id, name.str(), cell_of(now), ceiling_cell(ceiling)});
  if (!added) return std::unexpected(added.error());
  if (*added == 0) return no_session();
  return NewSession{std::move(token), std::move(id), now + std::min(kSessionIdle, kSessionLifetime)};
}

Result<SessionUser> session_user(Session& session, const Secret& token) {
  if (token.reveal().size() != kTokenText) return no_session();
  return session_by_id(session, id_of(token));
}

Result<SessionUser> session_by_id(Session& session, const std::string& session_id) {
  auto rows = session.query(
      "SELECT u.name, u.organization, u.display, u.disabled, u.manager, s.opened_at, s.used_at, s.ceiling"
      " FROM sessions s JOIN users u ON u.name = s.user_name WHERE s.id = $1",
      {session_id});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return no_session();
  const auto& row = rows->front();
  User user{UserName(row.text(0)), OrganizationName(row.text(1)), row.text(2), row.integer(3) != 0,
            row.integer(4) != 0};
  auto used_at = time_from(row.integer(6));
  auto ends = std::min(time_from(row.integer(5)) + kSessionLifetime, used_at + kSessionIdle);
  if (user.disabled || session.now() >= ends) return no_session();
  auto ceiling = row.is_null(7) ? tenancy::Ceiling{} : tenancy::parse_ceiling(row.text(7));
  return SessionUser{std::move(user), session_id, ends, session.now() >= used_at + kTouchEvery, ceiling};
}

Done touch_session(Session& session, const std::string& session_id) {
  auto now = session.now();
  auto touched = session.execute(
      "UPDATE sessions SET used_at = max(used_at, $2) WHERE id = $1 AND used_at > $3",  // never wakes an ended one
      {session_id, cell_of(now), cell_of(now - kSessionIdle)});
  if (!touched) return std::unexpected(touched.error());
  return {};
}

Done close_session(Session& session, const Secret& token) {
  auto closed = session.execute("DELETE FROM sessions WHERE id = $1", {id_of(token)});
  if (!closed) return std::unexpected(closed.error());
  return {};
}

Done close_sessions_of(Session& session, const UserName& name) {
  auto closed = session.execute("DELETE FROM sessions WHERE user_name = $1", {name.str()});
  if (!closed) return std::unexpected(closed.error());
  return {};
}

}  // namespace api::identity
