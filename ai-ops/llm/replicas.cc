#include "ai-ops/llm/replicas.h"

#include <algorithm>
#include <utility>

namespace ai_ops::llm {

using foundation::Code;
using foundation::Done;
using foundation::Error;
using foundation::Result;
using std::chrono::steady_clock;

namespace {

// What a failure says about the replica.
struct Verdict {
  bool another_may_do = false;
  bool is_down = false;
};
Verdict judge(const Error& error, const async::Context& ctx) {
  switch (error.code) {
    case Code::unavailable:
    case Code::io:
    case Code::not_found:
    case Code::unauthenticated:
    case Code::denied:
    case Code::internal: return {.another_may_do = true, .is_down = true};
    case Code::rate_limited:
    case Code::corrupt: return {.another_may_do = true, .is_down = false};
    case Code::deadline: {
      bool its_own = ctx.left().count() > 0;  // it let the token come too late; the asker still has time
      return {.another_may_do = its_own, .is_down = its_own};
    }
    case Code::invalid:
    case Code::too_large:
    case Code::conflict:
    case Code::cancelled: return {};
  }
  return {};
}

Outcome outcome_of(const Error& error) {
  switch (error.code) {
    case Code::rate_limited: return Outcome::busy;
    case Code::invalid:
    case Code::too_large: return Outcome::refused;
    case Code::deadline: return Outcome::deadline;
    case Code::cancelled: return Outcome::dropped;
    default: return Outcome::unavailable;
  }
}

constexpr const char* kOutcomes[] = {"answered", "broken", "busy", "refused", "unavailable", "deadline", "dropped"};

std::vector<foundation::telemetry::Counter> counters(foundation::telemetry::Metrics& metrics) {
  std::vector<foundation::telemetry::Counter> out;
  for (const char* outcome : kOutcomes)
    out.push_back(metrics.counter("hks_model_requests_total", "Questions to the model.", {{"outcome", outcome}}));
  return out;
}

async::Task<bool> look_and_ask_whether_loaded(async::Context& ctx, Server& server) {
  auto traits = co_await server.look(ctx);
  if (!traits) co_return std::unexpected(traits.error());
  co_return co_await server.loaded(ctx);
}

}  // namespace

// Counts its question once, when it ends; one that nothing was said of was dropped.
class ReplicaSet::Tally {
 public:
  explicit Tally(ReplicaSet& set) : set_(&set) {}
  Tally(Tally&& other) noexcept : set_(std::exchange(other.set_, nullptr)), outcome_(other.outcome_) {}
  Tally& operator=(Tally&&) = delete;
  ~Tally() {
    if (set_) set_->outcomes_[static_cast<std::size_t>(outcome_)].add();
  }
  void end(Outcome outcome) { outcome_ = outcome; }

 private:
  ReplicaSet* set_;
  Outcome outcome_ = Outcome::dropped;
};

struct ReplicaSet::Begun {
  std::unique_ptr<Answer> answer;
  std::optional<Piece> first;
};

// Holds its place until the end, a failure, or until it is dropped.
class ReplicaSet::PlacedAnswer final : public Answer {
 public:
  PlacedAnswer(ReplicaSet& set, ReplicaPool::Place place, Begun begun, Tally tally)
      : set_(set), tally_(std::move(tally)), first_(std::move(begun.first)) {
    place_.emplace(std::move(place));
    answer_ = std::move(begun.answer);
    if (!first_) leave(Outcome::answered);
  }

  async::Task<std::optional<Piece>> next(async::Context& ctx) override {
    if (first_) co_return std::exchange(first_, std::nullopt);
    if (!answer_) co_return std::nullopt;
    auto piece = co_await answer_->next(ctx);
    if (!piece) {
      if (judge(piece.error(), ctx).is_down) set_.went_down(**place_, piece.error());
      leave(piece.error().code == Code::cancelled ? Outcome::dropped : Outcome::broken);
    } else if (!*piece) {
      leave(Outcome::answered);
    }
    co_return piece;
  }
  Usage usage() const override { return answer_ ? answer_->usage() : usage_; }
  bool cut_off() const override { return answer_ ? answer_->cut_off() : cut_off_; }

 private:
  void leave(Outcome outcome) {
    tally_.end(outcome);
    usage_ = answer_->usage();
    cut_off_ = answer_->cut_off();
    answer_.reset();
    place_.reset();
  }

  ReplicaSet& set_;
  Tally tally_;
  std::optional<ReplicaPool::Place> place_;
  std::unique_ptr<Answer> answer_;  // after its place: it needs the server
  std::optional<Piece> first_;
  Usage usage_;
  bool cut_off_ = false;
};

ReplicaSet::ReplicaSet(Options options, std::unique_ptr<Discovery> discovery, MakeServer make_server,
                       foundation::telemetry::Metrics& metrics, foundation::telemetry::Log log,
                       async::TaskGroup& background)
    : options_(std::move(options)),
      discovery_(std::move(discovery)),
      make_server_(std::move(make_server)),
      log_(std::move(log)),
      background_(background),
      outcomes_(counters(metrics)),
      pool_(background.executor(), options_.limits, metrics),
      traits_{.model = options_.model} {}

void ReplicaSet::start() {
  background_.spawn([this](async::Seat& seat) { return discover(seat); });
}

async::Task<ReplicaSet::Begun> ReplicaSet::begin(async::Context& ctx, Replica& replica, Prompt prompt,
                                                 std::string session) {
  auto answer = co_await replica.server->ask(ctx, std::move(prompt), std::move(session));
  if (!answer) co_return std::unexpected(answer.error());
  auto first = co_await (*answer)->next(ctx);
  if (!first) co_return std::unexpected(first.error());
  co_return Begun{std::move(*answer), std::move(*first)};
}

async::Task<std::unique_ptr<Answer>> ReplicaSet::ask(async::Context& ctx, Prompt prompt, std::string session) {
  Tally tally(*this);
  ReplicaPool::Addresses tried;
  Error failure;
  do {
    auto place = co_await pool_.take(ctx, session, tried);
    if (!place) {
      bool was_the_last = !tried.empty() && place.error().code == Code::unavailable;
      if (!was_the_last) failure = place.error();
      break;
    }
    auto begun = co_await begin(ctx, **place, prompt, session);
    if (begun) {
      place->answered();
      co_return std::make_unique<PlacedAnswer>(*this, std::move(*place), std::move(*begun), std::move(tally));
    }
    failure = begun.error();
    auto verdict = judge(failure, ctx);
    if (verdict.is_down) went_down(**place, failure);
    if (!verdict.another_may_do) break;
    tried.push_back((*place)->address);
  } while (tried.size() < kMaxAttempts);
  tally.end(outcome_of(failure));
  co_return std::unexpected(std::move(failure));
}

void ReplicaSet::went_down(Replica& replica, const Error& error) {
  bool is_news = replica.health.state() != ReplicaState::down || replica.health.cause() != error.text();
  replica.health.failed(error.text(), steady_clock::now());
  if (is_news) log_.warning("model_replica_down", {{"replica", replica.address}, {"cause", error.text()}});
  replica.look.cancel();  // the next look is at another time now
  agree_on_traits();
  pool_.serve();
}

async::Task<void> ReplicaSet::discover(async::Seat& seat) {
  while (!seat.draining) {
    auto found = co_await discovery_->find();
    if (found)
      take(*found);
    else
      log_.warning("model_replicas_not_discovered", {{"cause", found.error().text()}});
    auto pause = discovery_->again();
    if (!pause) break;
    seat.idle = true;
    if (auto slept = co_await async::sleep_for(*pause); !slept) co_return slept;
    seat.idle = false;
  }
  co_return Done{};
}

void ReplicaSet::take(const std::vector<std::string>& found) {
  auto known = pool_.replicas();
  for (const auto& replica : known) {
    if (std::ranges::find(found, replica->address) != found.end()) continue;
    log_.info("model_replica_gone", {{"replica", replica->address}});
    replica->gone = true;
    replica->look.cancel();
    pool_.remove(replica);
  }
  for (const auto& address : found)
    if (std::ranges::none_of(known, [&](const auto& replica) { return replica->address == address; })) add(address);
}

void ReplicaSet::add(const std::string& address) {
  if (pool_.replicas().size() >= kMaxReplicas) {
    log_.warning("model_replica_left_out", {{"replica", address}, {"most", kMaxReplicas}});
    return;
  }
  auto server = make_server_(address);
  if (!server) {
    log_.error("model_replica_left_out", {{"replica", address}, {"cause", server.error().text()}});
    return;
  }
  auto replica = std::make_shared<Replica>(address, std::move(*server), ReplicaHealth(options_.times),
                                           async::asio::steady_timer(background_.executor()));
  pool_.add(replica);
  background_.spawn([this, replica](async::Seat& seat) { return watch(seat, replica); });
}

async::Task<void> ReplicaSet::watch(async::Seat& seat, std::shared_ptr<Replica> replica) {
  while (!seat.draining && !replica->gone) {
    if (auto looked = co_await look_at(*replica); !looked) co_return looked;
    seat.idle = true;
    while (!replica->gone && steady_clock::now() < replica->health.due()) {
      replica->look.expires_at(replica->health.due());
      co_await replica->look.async_wait(async::as_result);  // throws at the next await when this task is cancelled
    }
    seat.idle = false;
  }
  co_return Done{};
}

// Fails only by cancellation.
async::Task<void> ReplicaSet::look_at(Replica& replica) {
  auto began = steady_clock::now();
  async::Context ctx{"model-look", began + options_.times.at_most, log_};
  auto loaded = co_await async::with_deadline(ctx.deadline, look_and_ask_whether_loaded(ctx, *replica.server));
  if (!loaded && loaded.error().code == Code::cancelled) co_return std::unexpected(loaded.error());
  if (replica.gone) co_return Done{};
  if (!loaded) {
    went_down(replica, loaded.error());
    co_return Done{};
  }
  auto before = replica.health.state();
  replica.health.looked(*loaded, began, steady_clock::now());
  if (auto now = replica.health.state(); now != before)
    log_.info("model_replica", {{"replica", replica.address}, {"state", to_string(now)}});
  agree_on_traits();
  pool_.serve();
  co_return Done{};
}

void ReplicaSet::agree_on_traits() {
  std::optional<Traits> agreed;
  for (const auto& replica : pool_.replicas()) {
    if (replica->health.state() == ReplicaState::down) continue;
    auto its = replica->server->traits();
    if (!agreed) agreed = its;
    agreed->context_tokens = std::min(agreed->context_tokens, its.context_tokens);
    agreed->calls_tools = agreed->calls_tools && its.calls_tools;
    agreed->keeps_schema = agreed->keeps_schema && its.keeps_schema;
  }
  if (agreed) traits_ = *agreed;
}

std::vector<ReplicaStatus> ReplicaSet::status() const {
  std::vector<ReplicaStatus> out;
  for (const auto& replica : pool_.replicas())
    out.push_back({replica->address, replica->health.state(), replica->in_flight, replica->health.cause()});
  return out;
}

ReplicaState ReplicaSet::state() const {
  auto best = ReplicaState::down;
  for (const auto& replica : pool_.replicas()) best = std::min(best, replica->health.state());
  return best;
}

}  // namespace ai_ops::llm
