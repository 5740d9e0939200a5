#include "api/cluster/informer.h"

#include <algorithm>
#include <utility>

#include "foundation/redaction/prune.h"

namespace api::cluster {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Milliseconds;
using foundation::kubernetes::ObjectView;
using std::chrono::steady_clock;

namespace {

Milliseconds since(foundation::SteadyTime start) {
  return std::chrono::duration_cast<Milliseconds>(steady_clock::now() - start);
}

bool is_hidden(const Done& ended) {
  return !ended && (ended.error().code == Code::denied || ended.error().code == Code::not_found);
}

}  // namespace

Milliseconds pause_while_hidden(int refusals, double random) {
  auto whole = std::min<Milliseconds>(kFirstHiddenPause * (1 << std::clamp(refusals - 1, 0, 10)), kLastHiddenPause);
  return wire::scattered(whole, random);
}

Informer::Informer(Surroundings surroundings, const Kind& kind, std::string namespace_name, std::string collection)
    : surroundings_(std::move(surroundings)),
      kind_(kind),
      namespace_name_(std::move(namespace_name)),
      collection_(std::move(collection)),
      ctx_{.request_id = "cache", .log = surroundings_.log.with({{"kind", kind.name}, {"namespace", namespace_name_}})},
      count_(surroundings_.metrics.gauge("hks_cache_objects", "objects held of the clusters",
                                         {{"kind", std::string(kind.name)}})),
      relists_(surroundings_.metrics.counter("hks_cache_relists_total", "lists of a kind, the first one included",
                                             {{"kind", std::string(kind.name)}})) {}

Informer::~Informer() { count_.add(-static_cast<double>(objects_.size())); }

async::Task<void> Informer::follow() {
  for (;;) {
    auto stream = co_await begin();
    auto begun = steady_clock::now();
    Done ended;
    if (stream)
      ended = co_await wire::follow_watch(std::move(*stream), kind_, [this](auto& event) { return apply(event); });
    else
      ended = std::unexpected(stream.error());
    if (!ended && ended.error().code == Code::cancelled) co_return ended;
    auto pause = after(ended, since(begun));
    if (auto slept = co_await async::sleep_for(pause); !slept) co_return slept;
  }
}

Milliseconds Informer::after(const Done& ended, Milliseconds lasted) {
  if (is_hidden(ended)) {
    if (refusals_++ == 0) ctx_.log.warning("cache_kind_hidden", {{"why", ended.error().text()}});
    forget();
    failures_ = 0;
    return pause_while_hidden(refusals_, wire::random_fraction());
  }
  refusals_ = 0;
  failures_ = lasted >= wire::kSteadyTime ? 1 : failures_ + 1;
  if (!ended) {
    ctx_.log.info("cache_watch_ended", {{"why", ended.error().text()}, {"failures", failures_}});
    // A server that does not answer leaves the place where we were good to go on from; all else casts doubt on it.
    if (ended.error().code != Code::unavailable || failures_ % kFailuresBeforeRelist == 0) version_.clear();
  }
  return wire::pause_after(failures_, wire::random_fraction());
}

// Lists where that is needed, and opens the watch.
async::Task<std::unique_ptr<http::ResponseStream>> Informer::begin() {
  auto place = co_await surroundings_.gate.enter();
  if (!place) co_return std::unexpected(place.error());
  if (version_.empty())
    if (auto listed = co_await relist(); !listed) co_return std::unexpected(listed.error());
  co_return co_await surroundings_.api.open(ctx_, wire::watch_target(collection_, version_));
}

// wire::Page by page, so that never more than one is held unpruned.
async::Task<void> Informer::relist() {
  relists_.add();
  Objects fresh;
  wire::Page page;
  do {
    auto read = co_await wire::read_page(surroundings_.api, ctx_, kind_, collection_, std::move(page.next));
    if (!read) co_return std::unexpected(read.error());
    page = std::move(*read);
    for (const auto& item : page.items)
      if (auto part = visible_part(item)) fresh.insert_or_assign(std::string(ObjectView(item).name()), std::move(part));
    if (fresh.size() > wire::kMaxListedObjects)
      co_return fail(Code::too_large, "list", "too many objects of this kind");
  } while (!page.next.empty());
  if (page.resource_version.empty()) co_return fail(Code::corrupt, "list", "the list has no resourceVersion");
  replace(std::move(fresh));
  version_ = std::move(page.resource_version);
  co_return Done{};
}

Done Informer::apply(const wire::WatchEvent& event) {
  ObjectView raw{json::View(event.object)};
  std::string version(raw.resource_version());
  if (version.empty()) return fail(Code::corrupt, "watch", "an event without resourceVersion");
  if (event.type != wire::WatchEvent::bookmark) {
    std::string name(raw.name());
    auto part = event.type == wire::WatchEvent::changed ? visible_part(event.object) : nullptr;
    if (auto held = set(name, std::move(part)); !held) return held;
  }
  version_ = std::move(version);
  return {};
}

Done Informer::set(const std::string& name, SharedObject object) {
  auto held = objects_.find(name);
  if (!object) {
    if (held == objects_.end()) return {};
    objects_.erase(held);
    count_.add(-1);
  } else if (held == objects_.end()) {
    if (objects_.size() >= wire::kMaxListedObjects)
      return fail(Code::too_large, "watch", "too many objects of this kind");
    objects_.emplace(name, std::move(object));
    count_.add(1);
  } else if (held->second->line() == object->line()) {
    return {};  // only what is not ours to show has changed
  } else {
    held->second = std::move(object);
  }
  surroundings_.changed();
  return {};
}

SharedObject Informer::visible_part(const json::Value& raw) const {
  auto part = redaction::prune(raw, surroundings_.pseudonyms);
  return part ? std::make_shared<const HeldObject>(*part) : nullptr;
}

void Informer::replace(Objects fresh) {
  auto equal = [](const auto& a, const auto& b) { return a.first == b.first && a.second->line() == b.second->line(); };
  bool is_same = std::ranges::equal(objects_, fresh, equal);
  bool is_first = !std::exchange(listed_, true);
  count_.add(static_cast<double>(fresh.size()) - static_cast<double>(objects_.size()));
  objects_ = std::move(fresh);
  if (!is_same || is_first) surroundings_.changed();
}

void Informer::forget() {
  version_.clear();
  replace({});
}

}  // namespace api::cluster
