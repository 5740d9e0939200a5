#include "ai-ops/llm/replica_pool.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

namespace ai_ops::llm {

using foundation::Code;
using foundation::fail;
using foundation::Result;
using std::chrono::steady_clock;

namespace {

constexpr const char* kDoing = "ask the model";
constexpr Milliseconds kFirstGuess{10'000};  // of an answer's time
constexpr int kSmoothing = 8;                // the share of the newest answer is one of so many

}  // namespace

// In the queue from its making until it is served or dropped.
class ReplicaPool::Waiter {
 public:
  Waiter(ReplicaPool& pool, std::string session, Addresses tried)
      : session_(std::move(session)), tried_(std::move(tried)), pool_(pool), wake_(pool.on_) {
    place_ = pool_.queue_.insert(pool_.queue_.end(), this);
    pool_.waiting_.add(1);
  }
  ~Waiter() {
    if (!outcome) leave();
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  const std::string& session() const { return session_; }
  bool tried(const std::string& address) const { return std::ranges::find(tried_, address) != tried_.end(); }
  void end(Result<Place> how) {
    leave();
    outcome.emplace(std::move(how));
    wake_.cancel();
  }
  // Served, late or cancelled.
  async::asio::awaitable<void> wait(foundation::SteadyTime deadline) {
    wake_.expires_at(deadline);
    co_await wake_.async_wait(async::as_result);
  }

  std::optional<Result<Place>> outcome;

 private:
  void leave() {
    pool_.queue_.erase(place_);
    pool_.waiting_.add(-1);
  }

  std::string session_;
  Addresses tried_;
  ReplicaPool& pool_;
  async::asio::steady_timer wake_;
  std::list<Waiter*>::iterator place_;
};

ReplicaPool::Place::Place(ReplicaPool& pool, std::shared_ptr<Replica> replica)
    : pool_(&pool), replica_(std::move(replica)), since_(steady_clock::now()) {
  ++replica_->in_flight;
  ++pool_->places_;
  pool_->in_flight_.add(1);
}

ReplicaPool::Place::~Place() {
  if (!replica_) return;  // moved from
  --replica_->in_flight;
  --pool_->places_;
  pool_->in_flight_.add(-1);
  if (answered_) {
    auto took = std::chrono::duration_cast<Milliseconds>(steady_clock::now() - since_);
    pool_->an_answer_ += (took - pool_->an_answer_) / kSmoothing;
  }
  replica_.reset();
  pool_->serve();
}

void ReplicaPool::Place::answered() {
  answered_ = true;
  replica_->health.answered();
}

ReplicaPool::ReplicaPool(async::asio::any_io_executor on, QueueLimits limits, foundation::telemetry::Metrics& metrics)
    : on_(on),
      limits_(limits),
      in_flight_(metrics.gauge("hks_model_in_flight", "Answers of the model that are on their way.")),
      waiting_(metrics.gauge("hks_model_queue", "Questions that wait for a place at a replica of the model.")),
      an_answer_(kFirstGuess) {}

ReplicaPool::~ReplicaPool() {
  if (places_ != 0 || !queue_.empty()) std::abort();
}

std::size_t ReplicaPool::alive() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      replicas_, [](const auto& replica) { return replica->health.state() != ReplicaState::down; }));
}

async::Task<ReplicaPool::Place> ReplicaPool::take(async::Context& ctx, std::string session, Addresses tried) {
  Waiter waiter(*this, std::move(session), std::move(tried));
  serve();
  if (!waiter.outcome && queue_.size() > limits_.waiting * alive()) {
    auto places = alive() * static_cast<std::size_t>(limits_.choice.in_flight);
    auto seconds = retry_after_s(queue_.size() - 1, places, an_answer_);
    co_return fail(Code::rate_limited, kDoing, "its queue is full; try again in " + std::to_string(seconds) + " s");
  }
  if (!waiter.outcome) co_await waiter.wait(ctx.deadline);
  if (waiter.outcome) co_return std::move(*waiter.outcome);
  if (steady_clock::now() < ctx.deadline) co_return fail(Code::cancelled, kDoing);
  co_return fail(Code::deadline, kDoing, "no place at a replica was free in time");
}

void ReplicaPool::add(std::shared_ptr<Replica> replica) { replicas_.push_back(std::move(replica)); }

void ReplicaPool::remove(const std::shared_ptr<Replica>& replica) {
  std::erase(replicas_, replica);
  serve();
}

std::expected<std::shared_ptr<Replica>, NoReplica> ReplicaPool::choose(const Waiter& waiter) const {
  std::vector<Standing> standings;
  for (const auto& replica : replicas_) {
    auto state = replica->health.state();
    standings.push_back({.address = replica->address,
                         .alive = state != ReplicaState::down && !waiter.tried(replica->address),
                         .loaded = state == ReplicaState::ready,
                         .in_flight = replica->in_flight,
                         .last_failure = replica->health.last_failure()});
  }
  auto chosen = choose_replica(standings, waiter.session(), limits_.choice);
  if (!chosen) return std::unexpected(chosen.error());
  return replicas_[*chosen];
}

void ReplicaPool::serve() {
  for (auto next = queue_.begin(); next != queue_.end();) {
    Waiter& waiter = **next++;
    auto chosen = choose(waiter);
    if (chosen)
      waiter.end(Place(*this, std::move(*chosen)));
    else if (chosen.error() == NoReplica::none_alive)
      waiter.end(fail(Code::unavailable, kDoing, "no replica of it answers"));
  }
}

}  // namespace ai_ops::llm
