#include "api/cluster/informer_cache.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "foundation/crypto/digest.h"

namespace api::cluster {

using foundation::Done;

namespace {

constexpr std::string_view kWatchedKinds[] = {
    "Pod",
    "Service",
    "Endpoints",
    "EndpointSlice",
    "Event",
    "ConfigMap",
    "PersistentVolumeClaim",
    "ResourceQuota",
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "HorizontalPodAutoscaler",
    "Ingress",
    "PodDisruptionBudget",
    "NetworkPolicy",
};

// Revisions of two runs, or of two replicas, must not be taken for each other: one names a state.
std::uint64_t first_revision() {
  std::uint64_t revision = 0;
  auto bytes = foundation::crypto::random_bytes(sizeof revision);
  std::memcpy(&revision, bytes.data(), sizeof revision);
  return revision;
}

}  // namespace

async::Task<void> Flag::wait() {
  while (!raised_) {
    auto [ec] = co_await timer_.async_wait(async::as_result);
    if (ec && !raised_) co_return std::unexpected(async::error_from(ec, "wait"));
  }
  co_return Done{};
}

void Flag::raise() {
  raised_ = true;
  timer_.cancel();
}

InformerCache::InformerCache(async::asio::any_io_executor on, Parts parts)
    : parts_(std::move(parts)),
      gate_(on, kBeginAtATime),
      revision_(first_revision()),
      warm_(on),
      stopping_(on),
      ended_(on) {}

Result<std::unique_ptr<InformerCache>> InformerCache::start(async::TaskGroup& tasks, Parts parts,
                                                            std::vector<std::string> namespaces) {
  std::unique_ptr<InformerCache> cache(new InformerCache(tasks.executor(), std::move(parts)));
  if (auto done = cache->add(*foundation::kubernetes::find_kind("Node"), {}); !done)
    return std::unexpected(done.error());
  for (const auto& name : namespaces)
    for (auto kind : kWatchedKinds)
      if (auto done = cache->add(*foundation::kubernetes::find_kind(kind), name); !done)
        return std::unexpected(done.error());
  for (auto& informer : cache->informers_)
    tasks.spawn([self = cache.get(), each = informer.get(), running = Running(*cache)](async::Seat& seat) {
      return self->run(*each, seat);
    });
  return cache;
}

void InformerCache::one_ended(InformerCache* cache) {
  if (--cache->running_ == 0) cache->ended_.raise();
}

Done InformerCache::add(const Kind& kind, const std::string& namespace_name) {
  auto collection = wire::collection_target(kind, namespace_name);
  if (!collection) return std::unexpected(collection.error());
  Informer::Surroundings surroundings{.api = *parts_.api,
                                      .pseudonyms = parts_.pseudonyms,
                                      .metrics = parts_.metrics,
                                      .log = parts_.log,
                                      .gate = gate_,
                                      .changed = [this] { changed(); }};
  informers_.push_back(
      std::make_unique<Informer>(std::move(surroundings), kind, namespace_name, std::move(*collection)));
  return {};
}

async::Task<void> InformerCache::run(Informer& informer, async::Seat& seat) {
  seat.idle = true;  // a watch that ends loses nothing
  auto [followed, stopped] = co_await async::race(informer.follow(), stopping_.wait());
  co_return followed ? *followed : *stopped;
}

void InformerCache::changed() {
  ++revision_;
  if (!warm_.raised() && std::ranges::all_of(informers_, [](const auto& each) { return each->listed(); }))
    warm_.raise();
}

std::vector<SharedObject> InformerCache::objects(const std::vector<std::string>& namespaces, Kinds kinds) const {
  std::vector<SharedObject> found;
  for (const auto& informer : informers_) {
    const Kind& kind = informer->kind();
    bool is_kind = kinds.empty() || std::ranges::find(kinds, kind.name) != kinds.end();
    bool is_here = !kind.namespaced || std::ranges::find(namespaces, informer->namespace_name()) != namespaces.end();
    if (!is_kind || !is_here) continue;
    for (const auto& [name, object] : informer->objects()) found.push_back(object);
  }
  return found;
}

SharedObject InformerCache::find(const ObjectRef& ref) const {
  for (const auto& informer : informers_) {
    if (informer->kind().name != ref.kind || informer->namespace_name() != ref.namespace_name) continue;
    auto found = informer->objects().find(ref.name);
    return found == informer->objects().end() ? nullptr : found->second;
  }
  return nullptr;
}

async::Task<void> InformerCache::wait_warm(foundation::SteadyTime until) {
  co_return co_await async::with_deadline(until, warm_.wait());
}

async::asio::awaitable<void> InformerCache::stop() {
  stopping_.raise();
  if (running_ > 0) co_await ended_.wait();
}

}  // namespace api::cluster
