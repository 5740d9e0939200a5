// kubectl logs: the text as it is, or followed until the container's run ends.
#include "demo-cluster/app/api.h"
#include "demo-cluster/app/request_reading.h"

namespace demo_cluster::app {
namespace {

using foundation::Done;
using foundation::Milliseconds;

constexpr Milliseconds kLookEvery{50};  // what a container prints changes no object that could wake a follower

world::Outcome<world::LogQuery> log_query(const http::Exchange& exchange) {
  auto tail = number(exchange, "tailLines");
  auto since = number(exchange, "sinceSeconds");
  auto bytes = number(exchange, "limitBytes");
  for (const auto* value : {&tail, &since, &bytes})
    if (!*value) return std::unexpected(value->error());
  world::LogQuery wanted{.container = query(exchange, "container"),
                         .previous = is_set(exchange, "previous"),
                         .timestamps = is_set(exchange, "timestamps"),
                         .tail_lines = {},
                         .since_seconds = *since,
                         .limit_bytes = {}};
  if (*tail) wanted.tail_lines = std::size_t(**tail);
  if (*bytes) wanted.limit_bytes = std::size_t(**bytes);
  return wanted;
}

}  // namespace

async::Task<http::Reply> Api::log(http::Exchange& exchange, ApiPath path) {
  auto wanted = log_query(exchange);
  if (!wanted) co_return status_reply(wanted.error());
  auto lines = cluster_.world().log(path.key(), *wanted, cluster_.now());
  if (!lines) co_return status_reply(lines.error());
  if (!is_set(exchange, "follow") || wanted->previous) co_return http::text_reply(200, std::move(*lines), "text/plain");
  auto seen = cluster_.world().log_after(path.key(), *wanted, {}).upto;
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "text/plain"}});
  if (!stream) co_return std::unexpected(stream.error());
  if (!lines->empty())
    if (auto told = co_await (*stream)->write(*lines); !told) co_return std::unexpected(told.error());
  auto followed = co_await follow_log(**stream, path.key(), std::move(*wanted), seen);
  if (!followed) co_return std::unexpected(followed.error());
  co_return http::Reply{.streamed = true};
}

async::Task<void> Api::follow_log(http::Stream& stream, world::Key pod, world::LogQuery wanted,
                                  world::LogPosition seen) {
  while (!cluster_.closing()) {
    auto news = cluster_.world().log_after(pod, wanted, seen);
    seen = news.upto;
    if (!news.text.empty())
      if (auto told = co_await stream.write(news.text); !told) co_return told;
    if (news.over) break;
    if (auto slept = co_await async::sleep_for(kLookEvery); !slept) co_return slept;
  }
  co_return Done{};
}

}  // namespace demo_cluster::app
