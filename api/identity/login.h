// Logging in with a password, and reading a request's session. Passwords are hashed on a worker pool, never on the
// database's threads. An unknown user costs the same time as a wrong password.
//
// Throttling, per user name and per address (IPv6: its /64): from kFreeFailures failures on each further one doubles
// the wait, 1 s to kMaxWait. An attempt counts before its password is checked, so that guesses in parallel do not slip
// through; success takes its own count back and clears the name's. Threads: any; owned by main.
#pragma once
#include <atomic>
#include <string>

#include "api/identity/identity.h"
#include "foundation/async/context.h"
#include "foundation/async/task.h"

namespace api::identity {

using foundation::async::Context;
using foundation::async::Task;

inline constexpr int kFreeFailures = 5;
inline constexpr Milliseconds kMaxWait{15 * 60'000};
inline constexpr Milliseconds kForgetFailures{60 * 60'000};  // after the last failure and its wait
inline constexpr int kMaxWaitingHashes = 32;                 // 60 ms of CPU each; beyond: rate_limited

struct Credentials {
  std::string user;
  Secret password;
  std::string address;         // of the client, as text
  tenancy::Ceiling ceiling{};  // of the session that is opened
};

class Authenticator {
 public:
  Authenticator(foundation::database::Database& database, foundation::async::asio::thread_pool& hashing);

  // unauthenticated (one text for every reason), rate_limited (the text says when to come back).
  Task<LoggedIn> login(Context& ctx, Credentials credentials);
  // The user behind a request's token; moves the session's idle end at most once a minute.
  Task<SessionUser> authenticate(Context& ctx, Secret token);
  // What set_password stores. rate_limited while too many wait for theirs; invalid for one of a length that none may
  // have.
  Task<std::string> hash_password(Secret password);

 private:
  Task<bool> password_matches(std::string hash, Secret password);

  foundation::database::Database& database_;
  foundation::async::asio::thread_pool& hashing_;
  std::atomic<int> waiting_hashes_{0};
};

}  // namespace api::identity
