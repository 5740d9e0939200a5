#include "ai-ops/diagnose/live_watch.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "foundation/kubernetes/names.h"
#include "foundation/kubernetes_api/watch.h"

namespace ai_ops::diagnose {

namespace async = foundation::async;
namespace json = foundation::json;
namespace kubernetes = foundation::kubernetes;
namespace wire = foundation::kubernetes_api;
using foundation::Code;
using foundation::Done;
using std::chrono::steady_clock;

LiveWatch::LiveWatch(LiveCluster& cluster, LiveView view)
    : loop_(cluster.loop()),
      api_(cluster.api()),
      objects_(std::move(view.objects)),
      followed_(std::move(view.followed)),
      signals_(loop_, SIGINT, SIGTERM),
      group_(loop_.get_executor(), {}),
      ctx_{.request_id = "hks-diagnose", .log = {}} {
  signals_.async_wait([this](const boost::system::error_code& ec, int) { is_stopping_ = is_stopping_ || !ec; });
  for (Followed& it : followed_) group_.spawn([this, &it](async::Seat&) { return follow(it); });
}

LiveWatch::~LiveWatch() {
  signals_.cancel();
  group_.cancel();
  loop_.restart();
  auto until = steady_clock::now() + kStopTime;
  while (group_.size() > 0 && loop_.run_one_until(until) > 0) {
  }
}

bool LiveWatch::wait(foundation::Milliseconds gather) {
  loop_.restart();
  auto until = steady_clock::now() + (changed_ ? gather : kLongestWait);
  bool is_gathering = changed_;
  while (!is_stopping_ && steady_clock::now() < until && loop_.run_one_until(until) > 0) {
    if (!changed_ || std::exchange(is_gathering, true)) continue;
    until = std::min(until, steady_clock::now() + gather);
  }
  changed_ = false;
  for (Delta& delta : std::exchange(deltas_, {})) apply(std::move(delta));
  objects_.retake(foundation::SystemClock().wall());
  return !is_stopping_;
}

async::Task<void> LiveWatch::follow(Followed& it) {
  for (int failures = 0;;) {
    auto begun = steady_clock::now();
    Done ended = co_await watch(it);
    if (!ended && ended.error().code == Code::cancelled) co_return ended;
    failures = steady_clock::now() - begun >= wire::kSteadyTime ? 1 : failures + 1;
    note(ended, it);
    auto pause = wire::pause_after(failures, wire::random_fraction());
    if (auto slept = co_await async::sleep_for(pause); !slept) co_return slept;
  }
}

void LiveWatch::note(const Done& ended, Followed& it) {
  if (ended) return;
  Code code = ended.error().code;
  if (code == Code::unavailable) {  // the place where we were is good to go on from
    changed_ = changed_ || !trouble_;
    trouble_ = ended.error();
    return;
  }
  it.version.clear();
  if (code == Code::denied || code == Code::not_found)
    deltas_.push_back({.whole = &it.listing}), changed_ = true;  // a kind that is gone, or no longer ours to see
}

async::Task<void> LiveWatch::watch(Followed& it) {
  const kubernetes::Kind& kind = it.listing.kind->kind;
  std::string collection = kubernetes::object_path(kind, it.listing.namespace_name);
  if (it.version.empty())
    if (auto listed = co_await relist(it, collection); !listed) co_return listed;
  std::string accept = it.listing.kind->metadata_only ? wire::kMetadataOnlyEach : wire::kJson;
  auto stream = co_await api_.open(ctx_, wire::watch_target(collection, it.version), std::move(accept));
  if (!stream) co_return std::unexpected(stream.error());
  changed_ = changed_ || trouble_;
  trouble_.reset();
  co_return co_await wire::follow_watch(std::move(*stream), kind,
                                        [this, &it](const wire::WatchEvent& event) { return take(it, event); });
}

async::Task<void> LiveWatch::relist(Followed& it, std::string collection) {
  const LiveKind& kind = *it.listing.kind;
  auto page = co_await wire::read_all(api_, ctx_, kind.kind, std::move(collection), list_accept(kind));
  if (!page) co_return std::unexpected(page.error());
  Delta delta{.whole = &it.listing};
  for (json::Value& item : page->items) delta.come.push_back(shown_part(std::move(item.as_object()), kind));
  deltas_.push_back(std::move(delta));
  changed_ = true;
  it.version = std::move(page->resource_version);
  co_return Done{};
}

Done LiveWatch::take(Followed& it, const wire::WatchEvent& event) {
  kubernetes::ObjectView object{json::View(event.object)};
  if (object.resource_version().empty()) return fail(Code::corrupt, "watch", "an event without resourceVersion");
  it.version = object.resource_version();
  if (event.type == wire::WatchEvent::bookmark) return {};
  Delta delta;
  if (event.type == wire::WatchEvent::removed)
    delta.gone = object.ref();
  else
    delta.come.push_back(shown_part(event.object.as_object(), *it.listing.kind));
  deltas_.push_back(std::move(delta));
  changed_ = true;
  return {};
}

void LiveWatch::apply(Delta delta) {
  std::vector<kubernetes::ObjectRef> gone;
  if (delta.gone) gone.push_back(*delta.gone);
  if (delta.whole != nullptr)
    for (const kubernetes::ObjectView& object : objects_.of_kind(delta.whole->kind->kind.name))
      if (delta.whole->namespace_name.empty() || object.namespace_name() == delta.whole->namespace_name)
        gone.push_back(object.ref());
  for (const kubernetes::ObjectRef& object : gone) objects_.remove(object);
  for (json::Object& object : delta.come) objects_.add(std::move(object));
}

}  // namespace ai_ops::diagnose
