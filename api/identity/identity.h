// Users, their passwords and sessions. Owned by identity: nobody else queries these tables.
// The free functions run inside the caller's transaction; Login and authentication as tasks are in login.h.
// Session tokens are 256 random bits, shown once; the database keeps SHA-256 of them. Threads: those of the database.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "api/tenancy/tenancy.h"
#include "foundation/base/clock.h"
#include "foundation/base/error.h"
#include "foundation/base/secret.h"
#include "foundation/database/database.h"

namespace api::identity {

using foundation::Done;
using foundation::Milliseconds;
using foundation::Result;
using foundation::Secret;
using foundation::WallTime;
using foundation::database::Session;
using tenancy::OrganizationName;
using tenancy::UserName;

inline constexpr Milliseconds kSessionLifetime{12 * 3'600'000};
inline constexpr Milliseconds kSessionIdle{60 * 60'000};
inline constexpr Milliseconds kTouchEvery{60'000};    // a session's last use is kept this coarsely
inline constexpr std::size_t kMinPasswordBytes = 12;  // of one that a person chooses
inline constexpr std::size_t kMaxPasswordBytes = 1'024;
inline constexpr std::size_t kMaxDisplayBytes = 128;
inline constexpr std::size_t kMaxUsers = 1'000;  // of one organization

struct User {
  UserName name;  // unique in the installation
  OrganizationName organization;
  std::string display;
  bool disabled = false;
  bool manager = false;  // of the organization's users, its workspaces and their bindings; of no object in them
};

// What a session token proves.
struct SessionUser {
  User user;
  std::string session_id;      // "sha256:..." of the token: names the credential, cannot be used as one
  WallTime expires_at{};       // the earlier of the absolute and the idle end
  bool stale = false;          // touch_session is due
  tenancy::Ceiling ceiling{};  // what the user asked this session to be able to at most
};

// `password_hash`: crypto::hash_password, or empty: nobody can log in until one is set.
Done add_user(Session& session, const User& user, const std::string& password_hash);
// Adds the user when missing; an existing one keeps everything. True when it was added.
Result<bool> ensure_user(Session& session, const User& user, const std::string& password_hash);
Result<User> find_user(Session& session, const UserName& name);  // not_found
Result<std::vector<User>> users(Session& session, const OrganizationName& organization);
Done set_display(Session& session, const UserName& name, const std::string& display);
// Both end all of the user's sessions (enabling ends none). Disabling takes back an open invitation too.
Done set_password(Session& session, const UserName& name, const std::string& password_hash);
Done set_disabled(Session& session, const UserName& name, bool disabled);
Done set_manager(Session& session, const UserName& name, bool manager);
// For the two above: a manager who is disabled or demoted must leave another one who can sign in: else conflict.
Result<bool> has_manager(Session& session, const OrganizationName& organization);  // of any state

struct NewSession {
  Secret token;
  std::string session_id;
  WallTime expires_at{};
};

struct LoggedIn {
  User user;
  NewSession session;
};
Result<NewSession> open_session(Session& session, const UserName& name, const tenancy::Ceiling& ceiling = {});
// unauthenticated: unknown, ended, expired, or its user is disabled; the error does not say which.
Result<SessionUser> session_user(Session& session, const Secret& token);
Result<SessionUser> session_by_id(Session& session, const std::string& session_id);  // "is the credential still good?"
Done touch_session(Session& session, const std::string& session_id);                 // a write
Done close_session(Session& session, const Secret& token);                           // logout; unknown is fine
Done close_sessions_of(Session& session, const UserName& name);

std::span<const foundation::database::Migration> migrations();

}  // namespace api::identity
