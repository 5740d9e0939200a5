// Watches: JSON lines in a chunked reply, until the client goes, its time is over or the cluster closes.
#include <algorithm>
#include <charconv>

#include "demo-cluster/app/api.h"
#include "demo-cluster/app/request_reading.h"
#include "demo-cluster/world/tables.h"

namespace demo_cluster::app {
namespace {

using foundation::Done;
using foundation::Milliseconds;

constexpr Milliseconds kWatchTime{30 * 60'000};  // the real server ends one after 30 to 60 minutes
constexpr Milliseconds kBookmarkEvery{60'000};

SteadyTime end_of(const http::Exchange& exchange) {
  auto seconds = number(exchange, "timeoutSeconds");
  Milliseconds time = kWatchTime;
  if (seconds && *seconds) time = std::min(time, Milliseconds(std::min<std::int64_t>(**seconds, 86'400) * 1'000));
  return std::chrono::steady_clock::now() + time;
}

std::optional<std::uint64_t> start_of(const http::Exchange& exchange) {
  auto text = query(exchange, "resourceVersion");
  std::uint64_t revision = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), revision);
  bool read = error == std::errc() && end == text.data() + text.size();
  return read && revision > 0 ? std::optional(revision) : std::nullopt;
}

}  // namespace

async::Task<void> Api::tell(http::Stream& stream, const world::Scope& scope, std::vector<json::Value> events,
                            bool as_table) {
  std::string lines;
  for (auto& event : events) {
    auto type = json::View(event)["type"].text();
    if (as_table && type != "BOOKMARK" && type != "ERROR") {
      auto& object = event.as_object()["object"];
      object = world::table_of(*scope.kind, object, cluster_.now());
    }
    lines += json::to_text(event) + "\n";
  }
  if (lines.empty()) co_return Done{};
  co_return co_await stream.write(lines);
}

// Where a watch starts: at a version, or with the state as it is now.
async::Task<std::uint64_t> Api::begin_watch(http::Stream& stream, const http::Exchange& exchange,
                                            const world::Scope& scope) {
  bool initial = is_set(exchange, "sendInitialEvents");
  auto revision = start_of(exchange);
  if (revision && !initial) co_return *revision;
  auto state = world::watch_from_now(cluster_.world().store(), scope);
  if (initial) state.events.push_back(world::bookmark(*scope.kind, state.upto, true));
  auto told = co_await tell(stream, scope, std::move(state.events), wants_table(exchange));
  if (!told) co_return std::unexpected(told.error());
  co_return state.upto;
}

async::Task<void> Api::follow(http::Stream& stream, const http::Exchange& exchange, const world::Scope& scope,
                              std::uint64_t seen) {
  auto end = end_of(exchange);
  bool bookmarks = is_set(exchange, "allowWatchBookmarks");
  auto bookmark_at = std::chrono::steady_clock::now() + kBookmarkEvery;
  while (!cluster_.closing()) {
    auto news = world::watch(cluster_.world().store(), scope, seen);
    if (!news) co_return co_await tell(stream, scope, {world::watch_error(news.error())}, false);
    seen = news->upto;
    auto now = std::chrono::steady_clock::now();
    bool over = now >= end;
    if (bookmarks && (over || now >= bookmark_at)) {
      news->events.push_back(world::bookmark(*scope.kind, seen));
      bookmark_at = now + kBookmarkEvery;
    }
    auto told = co_await tell(stream, scope, std::move(news->events), wants_table(exchange));
    if (!told || over) co_return told;
    auto waited = co_await cluster_.wait_beyond(seen, std::min(end, bookmark_at));
    if (!waited) co_return waited;
  }
  co_return Done{};
}

async::Task<http::Reply> Api::watch(http::Exchange& exchange, world::Scope scope) {
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "application/json"}});
  if (!stream) co_return std::unexpected(stream.error());
  auto seen = co_await begin_watch(**stream, exchange, scope);
  if (!seen) co_return std::unexpected(seen.error());
  auto followed = co_await follow(**stream, exchange, scope, *seen);
  if (!followed) co_return std::unexpected(followed.error());
  co_return http::Reply{.streamed = true};
}

}  // namespace demo_cluster::app
