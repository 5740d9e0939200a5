#include "foundation/kubernetes_api/watch.h"

#include <algorithm>
#include <random>

#include "foundation/http/sse.h"

namespace foundation::kubernetes_api {
namespace {

using Take = std::function<Done(const WatchEvent&)>;

async::Task<void> read_events(http::ResponseStream& stream, const Kind& kind, const Take& take) {
  http::LineSplitter splitter(kMaxWatchLineBytes);
  for (;;) {
    auto bytes = co_await stream.read();
    if (!bytes) co_return std::unexpected(bytes.error());
    if (bytes->empty()) co_return Done{};
    auto lines = splitter.push(*bytes);
    if (!lines) co_return std::unexpected(lines.error());
    for (const auto& line : *lines) {
      auto event = parse_watch_event(line, kind);
      if (!event) co_return std::unexpected(event.error());
      if (auto taken = take(*event); !taken) co_return taken;
    }
  }
}

}  // namespace

double random_fraction() {
  static thread_local std::mt19937 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

Milliseconds scattered(Milliseconds whole, double random) {
  return Milliseconds(static_cast<Milliseconds::rep>(static_cast<double>(whole.count()) * (0.5 + random / 2)));
}

Milliseconds pause_after(int failures, double random) {
  if (failures <= 1) return Milliseconds(0);
  auto whole = std::min<Milliseconds>(kFirstPause * (1 << std::clamp(failures - 2, 0, 10)), kLastPause);
  return scattered(whole, random);
}

async::Task<void> follow_watch(std::unique_ptr<http::ResponseStream> stream, const Kind& kind, Take take) {
  auto until = std::chrono::steady_clock::now() + kWatchTime + kWatchGrace;
  auto read = co_await async::with_deadline(until, read_events(*stream, kind, take));
  if (!read && (read.error().code == Code::io || read.error().code == Code::deadline))
    co_return fail(Code::unavailable, "watch", read.error().text());
  co_return read;
}

}  // namespace foundation::kubernetes_api
