#include "ai-ops/control_plane/key_refresh.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace ai_ops::control_plane {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Milliseconds;
using foundation::Result;
using foundation::jwt::KeySet;
using std::chrono::steady_clock;
namespace http = foundation::http;

namespace {

constexpr std::size_t kMaxKeySetBytes = 64 << 10;

}  // namespace

KeyRefresh::KeyRefresh(http::Client& control_plane, foundation::telemetry::Log log, Times times)
    : control_plane_(control_plane), log_(std::move(log)), times_(times), failure_wait_(times.first_wait) {}

async::Task<void> KeyRefresh::run(async::Seat& seat) {
  while (!seat.draining) {
    Milliseconds pause = take(co_await fetch());
    if (seat.draining) break;
    seat.idle = true;
    if (auto slept = co_await async::sleep_for(pause); !slept) co_return slept;
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

Milliseconds KeyRefresh::take(Result<KeySet> fetched) {
  if (!fetched) {
    const char* event = loaded() ? "keys_not_refreshed" : "waiting_for_control_plane";
    log_.warning(event, {{"cause", fetched.error().text()}, {"next_try_ms", failure_wait_.count()}});
    return std::exchange(failure_wait_, std::min(failure_wait_ * 2, times_.longest_wait));
  }
  if (!loaded()) log_.info("keys_loaded", {{"count", fetched->keys().size()}});
  keys_ = std::move(*fetched);
  failure_wait_ = times_.first_wait;
  return times_.every;
}

}  // namespace ai_ops::control_plane
