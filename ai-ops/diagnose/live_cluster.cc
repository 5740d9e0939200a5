#include "ai-ops/diagnose/live_cluster.h"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "ai-ops/diagnosis/log_intake.h"
#include "foundation/async/task_group.h"
#include "foundation/kubernetes/names.h"
#include "foundation/kubernetes_api/collection.h"
#include "foundation/kubernetes_api/log_stream.h"

namespace ai_ops::diagnose {
namespace {

namespace async = foundation::async;
namespace json = foundation::json;
namespace kubernetes = foundation::kubernetes;
namespace wire = foundation::kubernetes_api;
using diagnosis::LogExcerpt;
using diagnosis::LogWanted;
using foundation::Code;
using foundation::Done;
using foundation::Error;
using foundation::Result;

async::Context context() {
  return {.request_id = "hks-diagnose", .deadline = std::chrono::steady_clock::now() + kReadTime, .log = {}};
}

// Does the numbered jobs, kRequestsAtOnce at a time, until one fails.
class Jobs {
 public:
  using Work = std::function<async::Task<void>(async::Context&, std::size_t)>;
  Jobs(async::asio::io_context& loop, std::size_t count, Work work)
      : loop_(loop), count_(count), work_(std::move(work)), group_(loop.get_executor(), {}), ctx_(context()) {}

  Done run() {
    for (std::size_t i = 0; i < std::min(kRequestsAtOnce, count_); ++i)
      group_.spawn([this](async::Seat&) { return take_jobs(); });
    loop_.restart();
    while (group_.size() > 0 && loop_.run_one() > 0) {  // the loop may have other work, which has no end
    }
    if (failed_) return std::unexpected(*failed_);
    return {};
  }

 private:
  async::Task<void> take_jobs() {
    while (next_ < count_ && !failed_) {
      auto done = co_await work_(ctx_, next_++);
      if (!done && !failed_) failed_ = done.error();
    }
    if (failed_) group_.cancel();
    co_return Done{};
  }

  async::asio::io_context& loop_;
  std::size_t count_, next_ = 0;
  Work work_;
  std::optional<Error> failed_;
  async::TaskGroup group_;
  async::Context ctx_;
};

// Says nothing of the cluster itself: this kind, or this log, is left out and the others go on.
bool is_of_this_only(Code code) {
  return code != Code::unavailable && code != Code::deadline && code != Code::cancelled;
}

Skipped skipped_for(const Error& error, const Listing& listing) {
  std::string what(listing.kind->kind.name);
  if (!listing.namespace_name.empty()) what += " in " + listing.namespace_name;
  if (error.code == Code::not_found) return {std::move(what), "the cluster has no such kind", false};
  return {std::move(what), error.cause};
}

class Reading {
 public:
  Reading(wire::ApiServer& api, std::vector<Listing> listings) : api_(api), listings_(std::move(listings)) {}

  async::Task<void> read(async::Context& ctx, std::size_t number) {
    const Listing& listing = listings_[number];
    const kubernetes::Kind& kind = listing.kind->kind;
    auto page = co_await wire::read_all(api_, ctx, kind, kubernetes::object_path(kind, listing.namespace_name),
                                        list_accept(*listing.kind));
    if (!page && !is_of_this_only(page.error().code)) co_return std::unexpected(page.error());
    if (!page) {
      view_.skipped.push_back(skipped_for(page.error(), listing));
      if (kind.name == "Pod") denied_ = page.error();
      co_return Done{};
    }
    if (page->next.empty() && listing.namespace_name.empty()) view_.objects.has_all_of(kind.name);
    if (!page->next.empty())
      view_.skipped.push_back({std::string(kind.name), fmt::format("only the first {} were read", page->items.size())});
    for (json::Value& item : page->items) view_.objects.add(shown_part(std::move(item.as_object()), *listing.kind));
    view_.followed.push_back({listing, std::move(page->resource_version)});
    co_return Done{};
  }
  Result<LiveView> finish() && {
    if (denied_ && view_.objects.of_kind("Pod").empty()) return std::unexpected(*denied_);
    return std::move(view_);
  }

 private:
  wire::ApiServer& api_;
  std::vector<Listing> listings_;
  std::optional<Error> denied_;  // of pods
  LiveView view_{
      .objects = kubernetes::Snapshot("live", foundation::SystemClock().wall()), .followed = {}, .skipped = {}};
};

static_assert(kLogTailLines <= diagnosis::kMaxLogLines);  // what is asked for is kept whole

class LogReading {
 public:
  LogReading(wire::ApiServer& api, const std::vector<LogWanted>& wanted, std::vector<Skipped>& skipped)
      : api_(api), wanted_(wanted), skipped_(skipped), out_(wanted.size()) {}

  async::Task<void> read(async::Context& ctx, std::size_t number) {
    const LogWanted& of = wanted_[number];
    diagnosis::LogIntake intake;
    auto read = co_await wire::read_log(api_, ctx,
                                        {.namespace_name = of.project,
                                         .pod = of.pod,
                                         .container = of.container,
                                         .previous = of.previous,
                                         .tail_lines = kLogTailLines},
                                        [&](std::string_view piece) { intake.take(piece); });
    if (!read) skipped_.push_back({fmt::format("log {}/{} {}", of.project, of.pod, of.container), read.error().cause});
    out_[number] = std::move(intake).finish();  // what came before an error tells something
    out_[number].of = of;
    co_return Done{};
  }
  std::vector<LogExcerpt> finish() && {
    std::erase_if(out_, [](const LogExcerpt& log) { return log.lines.empty(); });
    return std::move(out_);
  }

 private:
  wire::ApiServer& api_;
  const std::vector<LogWanted>& wanted_;
  std::vector<Skipped>& skipped_;
  std::vector<LogExcerpt> out_;
};

}  // namespace

LiveCluster::LiveCluster(std::unique_ptr<async::asio::io_context> loop, std::shared_ptr<wire::ApiServer> api)
    : loop_(std::move(loop)), api_(std::move(api)) {}

Result<LiveCluster> LiveCluster::open(const wire::Kubeconfig& kubeconfig) {
  auto loop = std::make_unique<async::asio::io_context>(1);
  auto api = wire::ApiServer::create(loop->get_executor(), kubeconfig, "hks-diagnose");
  if (!api) return std::unexpected(api.error());
  return LiveCluster(std::move(loop), std::move(*api));
}

Result<LiveView> LiveCluster::read(const std::vector<std::string>& namespaces) {
  for (const std::string& name : namespaces)
    if (auto checked = kubernetes::parse_namespace(name); !checked) return std::unexpected(checked.error());
  auto wanted = listings(namespaces);
  std::size_t count = wanted.size();
  Reading reading(*api_, std::move(wanted));
  Jobs jobs(*loop_, count, [&](async::Context& ctx, std::size_t number) { return reading.read(ctx, number); });
  if (auto done = jobs.run(); !done) return std::unexpected(done.error());
  return std::move(reading).finish();
}

std::vector<LogExcerpt> LiveCluster::read_logs(const std::vector<LogWanted>& wanted, std::vector<Skipped>& skipped) {
  LogReading reading(*api_, wanted, skipped);
  Jobs jobs(*loop_, wanted.size(), [&](async::Context& ctx, std::size_t number) { return reading.read(ctx, number); });
  (void)jobs.run();  // what has been read until then is what there is
  return std::move(reading).finish();
}

}  // namespace ai_ops::diagnose
