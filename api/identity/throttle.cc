#include "api/identity/throttle.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <utility>

#include "api/identity/login.h"
#include "foundation/crypto/digest.h"

namespace api::identity {
namespace {

using foundation::Code;
using foundation::fail;

std::int64_t cell_of(WallTime at) { return at.time_since_epoch().count(); }

std::string network_of(std::string_view address) {
  boost::system::error_code ec;
  auto parsed = boost::asio::ip::make_address(address, ec);
  if (ec || !parsed.is_v6()) return std::string(address);
  auto v6 = parsed.to_v6();
  if (v6.is_v4_mapped()) return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6).to_string();
  auto bytes = v6.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return boost::asio::ip::address_v6(bytes).to_string() + "/64";
}

struct Counted {
  std::int64_t failures = 0;
  std::int64_t blocked_until = 0;
};

Result<Counted> counted(Session& session, const std::string& key) {
  auto rows = session.query("SELECT failures, blocked_until FROM login_failures WHERE key = $1 AND forget_at > $2",
                            {key, cell_of(session.now())});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return Counted{};
  return Counted{rows->front().integer(0), rows->front().integer(1)};
}

Done keep(Session& session, const std::string& key, std::int64_t failures) {
  auto blocked_until = session.now() + wait_after(failures);
  auto kept = session.execute("INSERT OR REPLACE INTO login_failures VALUES ($1, $2, $3, $4)",
                              {key, failures, cell_of(blocked_until), cell_of(blocked_until + kForgetFailures)});
  if (!kept) return std::unexpected(kept.error());
  return {};
}

Done clear_forgotten(Session& session) {
  auto cleared = session.execute(
      "DELETE FROM login_failures WHERE key IN (SELECT key FROM login_failures WHERE forget_at <= $1 LIMIT 100)",
      {cell_of(session.now())});
  if (!cleared) return std::unexpected(cleared.error());
  return {};
}

}  // namespace

std::string name_key(std::string_view user) { return foundation::crypto::sha256_text("name:" + std::string(user)); }
std::string address_key(std::string_view address) {
  return foundation::crypto::sha256_text("address:" + network_of(address));
}

Milliseconds wait_after(std::int64_t failures) {
  if (failures < kFreeFailures) return Milliseconds(0);
  auto doublings = std::min<std::int64_t>(failures - kFreeFailures, 20);
  return std::min(kMaxWait, Milliseconds(1'000) * (std::int64_t(1) << doublings));
}

Done count_attempt(Session& session, const std::string& key) {
  auto so_far = counted(session, key);
  if (!so_far) return std::unexpected(so_far.error());
  auto wait = so_far->blocked_until - cell_of(session.now());
  if (wait > 0) return fail(Code::rate_limited, "sign in", fmt::format("try again in {} s", (wait + 999) / 1'000));
  if (auto cleared = clear_forgotten(session); !cleared) return cleared;
  return keep(session, key, so_far->failures + 1);
}

Done take_back_attempt(Session& session, const std::string& key) {
  auto so_far = counted(session, key);
  if (!so_far) return std::unexpected(so_far.error());
  if (so_far->failures <= 1) return forget_failures(session, key);
  // Only the count: a block that other attempts have earned meanwhile stands.
  auto taken = session.execute("UPDATE login_failures SET failures = failures - 1 WHERE key = $1", {key});
  if (!taken) return std::unexpected(taken.error());
  return {};
}

Done forget_failures(Session& session, const std::string& key) {
  auto forgotten = session.execute("DELETE FROM login_failures WHERE key = $1", {key});
  if (!forgotten) return std::unexpected(forgotten.error());
  return {};
}

}  // namespace api::identity
