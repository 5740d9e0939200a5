#include "ai-ops/control_plane/key_refresh.h"

#include <algorithm>
#include <chrono>

namespace ai_ops::control_plane {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;
using foundation::jwt::KeySet;
using std::chrono::steady_clock;
namespace http = foundation::http;

namespace {

constexpr std::size_t kMaxKeySetBytes = 64 << 10;

}  // namespace

KeyRefresh::KeyRefresh(http::Client& control_plane, async::asio::any_io_executor on, foundation::telemetry::Log log,
                       Times times)
    : control_plane_(control_plane), log_(std::move(log)), times_(times), failure_wait_(times.first_wait), timer_(on) {}

async::Task<void> KeyRefresh::run(async::Seat& seat) {
  while (!seat.draining) {
    due_ = foundation::SteadyTime::max();
    take(co_await fetch());
    if (seat.draining) break;
    seat.idle = true;
    if (auto waited = co_await wait(); !waited) co_return waited;
    seat.idle = false;
  }
  co_return Done{};
}

async::Task<KeySet> KeyRefresh::fetch() {
  async::Context ctx{"key-refresh", steady_clock::now() + times_.fetch, log_};
  http::Request request{.method = http::Method::get, .target = "/.well-known/jwks.json", .headers = {}, .body = {}};
  auto response = co_await control_plane_.send(ctx, std::move(request), kMaxKeySetBytes);
  if (!response) co_return std::unexpected(response.error());
  if (response->status != 200)
    co_return fail(Code::unavailable, "fetch keys", "the control plane answered " + std::to_string(response->status));
  auto keys = KeySet::parse(response->body);
  if (keys && keys->keys().empty()) co_return fail(Code::corrupt, "fetch keys", "the key set is empty");
  co_return keys;
}

void KeyRefresh::take(Result<KeySet> fetched) {
  bool asked_meanwhile = due_ != foundation::SteadyTime::max();  // perhaps for a key that this fetch came too early for
  fetched_at_ = steady_clock::now();
  if (!fetched) {
    const char* event = loaded() ? "keys_not_refreshed" : "waiting_for_control_plane";
    log_.warning(event, {{"cause", fetched.error().text()}, {"next_try_ms", failure_wait_.count()}});
    due_ = fetched_at_ + failure_wait_;
    failure_wait_ = std::min(failure_wait_ * 2, times_.longest_wait);
    return;
  }
  if (!loaded()) log_.info("keys_loaded", {{"count", fetched->keys().size()}});
  keys_ = std::move(*fetched);
  failure_wait_ = times_.first_wait;
  due_ = fetched_at_ + (asked_meanwhile ? std::min(times_.cooldown, times_.every) : times_.every);
}

// due_ may come nearer meanwhile.
async::Task<void> KeyRefresh::wait() {
  while (steady_clock::now() < due_) {
    timer_.expires_at(due_);
    co_await timer_.async_wait(async::as_result);  // throws at the next await when this task is cancelled
  }
  co_return Done{};
}

std::expected<foundation::jwt::InternalClaims, foundation::jwt::TokenRefusal> KeyRefresh::verify(
    std::string_view token, foundation::WallTime now) {
  auto claims = foundation::jwt::verify_internal(token, keys_, now);
  if (!claims && !claims.error().unknown_kid.empty()) ask_early(claims.error().unknown_kid);
  return claims;
}

void KeyRefresh::ask_early(const std::string& kid) {
  if (std::ranges::find(unknown_, kid) != unknown_.end()) return;
  unknown_.push_back(kid);
  if (unknown_.size() > kMaxUnknownKids) unknown_.pop_front();
  auto early = std::max(fetched_at_ + times_.cooldown, steady_clock::now());
  if (early >= due_) return;
  due_ = early;
  timer_.cancel();
}

}  // namespace ai_ops::control_plane
