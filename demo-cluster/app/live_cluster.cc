#include "demo-cluster/app/live_cluster.h"

#include <algorithm>
#include <cstring>

#include "foundation/base/files.h"
#include "foundation/crypto/digest.h"
#include "foundation/manifests/manifests.h"

namespace demo_cluster::app {
namespace {

constexpr Milliseconds kTickEvery{50};
constexpr Milliseconds kSaveEvery{1'000};
constexpr Milliseconds kStride{200};  // of the cluster's time; what is due within it happens at its end
constexpr std::string_view kStateFile = "objects.jsonl";
constexpr std::string_view kNoSeed = "none";
constexpr std::string_view kEmptyNodes = R"(
{apiVersion: v1, kind: Node, metadata: {name: node-1}}
---
{apiVersion: v1, kind: Node, metadata: {name: node-2}}
---
{apiVersion: v1, kind: Node, metadata: {name: node-3}}
)";

std::uint64_t fresh_seed() {
  std::uint64_t seed = 0;
  std::memcpy(&seed, foundation::crypto::random_bytes(sizeof seed).data(), sizeof seed);
  return seed;
}

foundation::Done found(world::World& world, const std::filesystem::path& seed, WallTime now) {
  std::string yaml(kEmptyNodes);
  if (seed != kNoSeed) {
    auto text = foundation::read_file(seed);
    if (!text) return std::unexpected(text.error());
    yaml = std::move(*text);
  }
  auto objects = foundation::manifests::parse_manifests(yaml);
  if (!objects) return foundation::fail_with("seed " + seed.string(), objects.error());
  world.found(now);
  if (auto seeded = world.seed(std::move(*objects), now); !seeded)
    return foundation::fail(foundation::Code::invalid, "seed " + seed.string(), seeded.error().message);
  world.forget_history();  // the making of the cluster is nobody's to watch
  return {};
}

}  // namespace

foundation::Result<std::unique_ptr<LiveCluster>> LiveCluster::open(async::asio::any_io_executor on, Options options,
                                                                   foundation::telemetry::Log log) {
  auto world = std::make_unique<world::World>(world::World::Options{.random_seed = fresh_seed()});
  auto start = foundation::SystemClock().wall();
  auto file = options.folder.value_or("") / kStateFile;
  if (options.folder && std::filesystem::exists(file)) {
    auto text = foundation::read_file(file);
    if (!text) return std::unexpected(text.error());
    auto saved_at = world->import_lines(*text);
    if (!saved_at) return foundation::fail_with("open " + file.string(), saved_at.error());
    start = std::max(start, *saved_at);  // a sped-up or advanced clock does not go back
  } else if (auto founded = found(*world, options.seed, start); !founded) {
    return std::unexpected(founded.error());
  }
  return std::unique_ptr<LiveCluster>(
      new LiveCluster(std::move(on), std::move(options), std::move(world), start, std::move(log)));
}

LiveCluster::LiveCluster(async::asio::any_io_executor on, Options options, std::unique_ptr<world::World> world,
                         WallTime start, foundation::telemetry::Log log)
    : options_(std::move(options)),
      world_(std::move(world)),
      clock_(start, options_.speed),
      log_(std::move(log)),
      bell_(on, SteadyTime::max()),
      ticked_at_(start) {
  catch_up();
}

void LiveCluster::wake() {
  if (world_->store().revision() == woken_revision_) return;
  woken_revision_ = world_->store().revision();
  bell_.cancel();
}

void LiveCluster::catch_up() {
  auto now = clock_.now();
  world_->run(ticked_at_, now, kStride);
  ticked_at_ = now;
  wake();
}

void LiveCluster::advance(Milliseconds by) {
  catch_up();
  clock_.advance(by);
  catch_up();
}

async::Task<void> LiveCluster::keep_time(async::Seat& seat) {
  while (!seat.draining && !closing_) {
    catch_up();
    if (auto now = std::chrono::steady_clock::now(); now - saved_at_ >= kSaveEvery) {
      saved_at_ = now;
      save();
    }
    if (auto slept = co_await async::sleep_for(kTickEvery); !slept) co_return slept;
  }
  co_return foundation::Done{};
}

async::Task<void> LiveCluster::ring(std::uint64_t seen) {
  // Looked at again: it may have rung between the caller's look and this wait.
  if (world_->store().revision() > seen || closing_) co_return foundation::Done{};
  co_await bell_.async_wait(async::as_result);
  co_return foundation::Done{};
}

async::Task<void> LiveCluster::wait_beyond(std::uint64_t seen, SteadyTime until) {
  if (world_->store().revision() > seen || closing_) co_return foundation::Done{};
  auto [rung, expired] = co_await async::race(ring(seen), async::sleep_until(until));
  co_return rung ? *rung : *expired;
}

void LiveCluster::save() {
  if (!options_.folder || world_->store().revision() == saved_revision_) return;
  auto saved = foundation::replace_file(*options_.folder / kStateFile, world_->export_lines(clock_.now()));
  if (saved)
    saved_revision_ = world_->store().revision();
  else
    log_.error("state_not_saved", {{"cause", saved.error().text()}});
}

void LiveCluster::close() {
  closing_ = true;
  bell_.cancel();
  save();
}

}  // namespace demo_cluster::app
