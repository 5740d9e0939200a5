#include "api/identity/login.h"

#include <fmt/format.h>

#include <utility>

#include "api/identity/throttle.h"
#include "foundation/async/worker_pool.h"
#include "foundation/crypto/digest.h"
#include "foundation/crypto/encoding.h"
#include "foundation/crypto/password.h"

namespace api::identity {
namespace {

using foundation::Code;
using foundation::fail;
using foundation::database::Durability;

constexpr std::size_t kMaxUserBytes = 253;

// Checked for users that do not exist or have no password, so that they take as long as any other.
const std::string& nobodys_hash() {
  static const std::string hash =
      foundation::crypto::hash_password(Secret(foundation::crypto::to_base64url(foundation::crypto::random_bytes(32))));
  return hash;
}

std::unexpected<foundation::Error> wrong() {
  return fail(Code::unauthenticated, "sign in", "wrong user name or password");
}

// Both keys count, also when the first one refuses nothing: a transaction that fails keeps neither.
Result<std::string> begin_attempt(Session& session, const std::string& user, const std::string& address) {
  if (auto counted = count_attempt(session, address_key(address)); !counted) return std::unexpected(counted.error());
  if (auto counted = count_attempt(session, name_key(user)); !counted) return std::unexpected(counted.error());
  auto rows = session.query("SELECT password_hash FROM users WHERE name = $1 AND disabled = 0", {user});
  if (!rows) return std::unexpected(rows.error());
  return rows->empty() ? std::string() : rows->front().text(0);
}

// The hash is compared again: the password may have been changed while the old one was checked.
Result<LoggedIn> succeed(Session& session, const std::string& user, const std::string& address, const std::string& hash,
                         const tenancy::Ceiling& ceiling) {
  auto rows =
      session.query("SELECT 1 FROM users WHERE name = $1 AND password_hash = $2 AND disabled = 0", {user, hash});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return wrong();
  if (auto done = forget_failures(session, name_key(user)); !done) return std::unexpected(done.error());
  if (auto done = take_back_attempt(session, address_key(address)); !done) return std::unexpected(done.error());
  auto found = find_user(session, UserName(user));
  if (!found) return std::unexpected(found.error());
  auto opened = open_session(session, found->name, ceiling);
  if (!opened) return std::unexpected(opened.error());
  return LoggedIn{std::move(*found), std::move(*opened)};
}

// One of the places for a password in check.
class Place {
 public:
  explicit Place(std::atomic<int>& taken) : taken_(taken), got_(taken.fetch_add(1) < kMaxWaitingHashes) {}
  ~Place() { --taken_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool got() const { return got_; }

 private:
  std::atomic<int>& taken_;
  bool got_;
};

}  // namespace

Authenticator::Authenticator(foundation::database::Database& database, foundation::async::asio::thread_pool& hashing)
    : database_(database), hashing_(hashing) {
  nobodys_hash();  // now, not at the first unknown user
}

Task<bool> Authenticator::password_matches(std::string hash, Secret password) {
  co_return co_await foundation::async::on_pool(
      hashing_, [hash = std::move(hash), password = std::move(password)]() -> Result<bool> {
        bool known = !hash.empty();
        return foundation::crypto::verify_password(known ? hash : nobodys_hash(), password) && known;
      });
}

Task<LoggedIn> Authenticator::login(Context&, Credentials credentials) {
  auto& [user, password, address, ceiling] = credentials;
  if (user.size() > kMaxUserBytes || password.reveal().size() > kMaxPasswordBytes) co_return wrong();
  Place place(waiting_hashes_);
  if (!place.got()) co_return fail(Code::rate_limited, "sign in", "try again in 1 s");
  auto hash = co_await database_.write(
      Durability::normal, [user, address](Session& session) { return begin_attempt(session, user, address); });
  if (!hash) co_return std::unexpected(hash.error());
  auto matches = co_await password_matches(*hash, std::move(password));
  if (!matches) co_return std::unexpected(matches.error());
  if (!*matches) co_return wrong();
  co_return co_await database_.write(Durability::normal, [user, address, ceiling, hash = *hash](Session& session) {
    return succeed(session, user, address, hash, ceiling);
  });
}

Task<SessionUser> Authenticator::authenticate(Context& ctx, Secret token) {
  auto found = co_await database_.read([token](Session& session) { return session_user(session, token); });
  if (!found || !found->stale) co_return found;
  auto touched = co_await database_.write(
      Durability::normal, [id = found->session_id](Session& session) { return touch_session(session, id); });
  if (!touched) ctx.log.warning("session_use_not_stored", {{"cause", touched.error().text()}});  // it idles out sooner
  co_return found;
}

Task<std::string> Authenticator::hash_password(Secret password) {
  std::size_t bytes = password.reveal().size();
  if (bytes < kMinPasswordBytes || bytes > kMaxPasswordBytes)
    co_return fail(Code::invalid, "set password",
                   fmt::format("must be {} to {} bytes long", kMinPasswordBytes, kMaxPasswordBytes));
  Place place(waiting_hashes_);
  if (!place.got()) co_return fail(Code::rate_limited, "set password", "try again in 1 s");
  co_return co_await foundation::async::on_pool(hashing_, [password = std::move(password)]() -> Result<std::string> {
    return foundation::crypto::hash_password(password);
  });
}

}  // namespace api::identity
