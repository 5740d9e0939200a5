#include "api/change/change.h"

#include <algorithm>
#include <utility>

#include "api/change/performance.h"
#include "api/change/replies.h"
#include "api/change/steps.h"
#include "api/change/submission.h"
#include "api/operations/catalogue.h"
#include "api/policy/decide.h"

namespace api::change {

using foundation::Code;
using foundation::Error;
using foundation::fail;
using foundation::database::Durability;

namespace {

Answer answer_of(const OperationRow& row, const Ending& ending, cluster::Cluster* cluster, std::int64_t audit_seq) {
  if (ending.state == "executed") return success(row, "executed", audit_seq);
  if (ending.state == "failed") return refusal_of(ending.error, cluster);
  return unknown_outcome(row, ending.error, cluster);
}

// Intent without completion: the completion is tried until it is stored, whatever it takes.
async::Task<Answer> complete(async::Context& ctx, foundation::database::Database& database, OperationRow row,
                             Ending ending, cluster::Cluster* cluster) {
  for (Milliseconds pause = kRetryFirst;; pause = std::min(pause * 2, kRetryLast)) {
    auto stored =
        co_await database.write(Durability::durable, [row, ending, cluster](Session& session) -> Result<Answer> {
          auto entry = entry_of(audit::Kind::operation_outcome, row);
          entry.outcome = ending.state;
          if (ending.state != "executed") entry.reason = std::string(to_string(ending.error.code));
          if (!ending.resource_version.empty())
            entry.after = audit::ObjectState{row.plan.target.uid, ending.resource_version, row.plan.after};
          auto record = audit::append(session, entry, session.now());
          if (!record) return std::unexpected(record.error());
          Answer answer = answer_of(row, ending, cluster, record->seq);
          if (auto done = complete_operation(session, row.id, ending.state, answer); !done)
            return std::unexpected(done.error());
          return answer;
        });
    if (stored || stored.error().code == Code::conflict) co_return stored;
    ctx.log.error("completion_not_stored", {{"operation", row.id}, {"cause", stored.error().text()}});
    if (auto slept = co_await async::sleep_for(pause); !slept) co_return std::unexpected(slept.error());
  }
}

async::Task<void> completion_of(std::shared_ptr<Performance> performance) {
  // Its timer never runs out: a cancel is the signal, to those who wait already.
  if (!performance->answer) co_await performance->completed.async_wait(async::as_result);
  co_return Done{};
}

std::shared_ptr<Performance> make_performance(async::asio::any_io_executor on, OperationRow row,
                                              policy::AuthorizedOperation authorized, bool recovering) {
  return std::make_shared<Performance>(std::move(row), std::move(authorized), recovering, false, std::nullopt,
                                       async::asio::steady_timer(on, foundation::SteadyTime::max()));
}

// What decide allowed before, from the stored row; none when the row does not verify.
std::optional<policy::AuthorizedOperation> authorized_again(const OperationRow& row) {
  const auto* operation = operations::find_operation(row.name);
  if (!operation) return std::nullopt;
  return policy::take_up(*operation, row.arguments, row.plan, row.workspace, row.user, row.turn, row.op_hash);
}

}  // namespace

Change::Change(async::asio::any_io_executor on, Parts parts) : parts_(parts), tasks_(on, parts.log) {}

async::Task<Answer> Change::submit(async::Context& ctx, Request request) { return make(ctx, std::move(request)); }

async::Task<Answer> Change::approve(async::Context& ctx, ApprovalGiven given) { return make(ctx, std::move(given)); }

async::Task<Answer> Change::undo(async::Context& ctx, UndoRequest request) { return make(ctx, std::move(request)); }

template <class Way>
async::Task<Answer> Change::make(async::Context& ctx, Way way) {
  for (int i = 0; i < kMaxRounds; ++i) {
    auto prepared = co_await prepare(parts_, way);
    if (!prepared) co_return std::unexpected(prepared.error());
    Result<Ended> ended = Ended{};
    if (auto* at_once = std::get_if<Ended>(&*prepared)) {
      ended = std::move(*at_once);
    } else {
      Submission submission(parts_, ctx, std::move(std::get<Prepared>(*prepared)));
      ended = co_await submission.run();
    }
    if (!ended) co_return std::unexpected(ended.error());
    bool has_ended_since = !ended->running.empty() && !running_.contains(ended->running);
    if (ended->beaten || has_ended_since) continue;  // what is stored by now answers
    // No co_await stands between the commit of the intent and this line, so that a cancelled caller cannot strand it.
    auto performance = performance_of(*ended);
    if (!performance) co_return std::move(ended->answer);
    co_return co_await await_answer(ctx, std::move(performance));
  }
  co_return refusal(409, "conflict", "Others are changing the same thing. Nothing was changed; try again.");
}

// The one that begins here, or the one that the same call began before; null when the answer is all there is.
std::shared_ptr<Performance> Change::performance_of(Ended& ended) {
  if (ended.row) passed(Step::intended);
  if (ended.row) return start(std::move(*ended.row), std::move(*ended.authorized), false);
  return ended.running.empty() ? nullptr : running_.at(ended.running);
}

async::Task<Answer> Change::reject(async::Context&, ApprovalGiven given) {
  co_return co_await parts_.database.write(Durability::durable,
                                           [given](Session& session) { return reject_proposal(session, given); });
}

std::shared_ptr<Performance> Change::start(OperationRow row, policy::AuthorizedOperation authorized, bool recovering) {
  auto performance = make_performance(tasks_.executor(), std::move(row), std::move(authorized), recovering);
  running_[performance->row.id] = performance;
  tasks_.spawn([this, performance](async::Seat& seat) { return perform(performance, seat); });
  return performance;
}

async::Task<void> Change::perform(std::shared_ptr<Performance> performance, async::Seat& seat) {
  const OperationRow& row = performance->row;
  async::Context ctx{row.id, foundation::SteadyTime::max(), parts_.log.with({{"operation", row.id}})};
  cluster::Cluster* cluster = parts_.clusters.find(row.workspace);
  auto ending = cluster
                    ? co_await perform_write(ctx, parts_.database, *cluster, performance->row, performance->authorized,
                                             {performance->recovering, parts_.may_still_arrive})
                    : Ending{"unknown", Error{Code::not_found, "perform", "the workspace has no cluster"}, {}};
  if (!ending) co_return std::unexpected(ending.error());  // stopped: recovery takes it up
  passed(Step::ended);
  auto answer = co_await complete(ctx, parts_.database, row, *ending, cluster);
  if (!answer) co_return std::unexpected(answer.error());
  passed(Step::completed);
  performance->answer = *answer;
  bool executed = ending->state == "executed";
  turns::Outcome outcome = executed                     ? turns::Outcome::executed
                           : ending->state == "unknown" ? turns::Outcome::unknown
                                                        : turns::Outcome::refused;
  parts_.open_turns.announce(row.turn, outcome, operation_event(row, ending->state, *answer));
  performance->completed.cancel();
  running_.erase(row.id);
  if (executed) co_return co_await follow(performance, seat);
  co_return Done{};
}

// Readiness is followed after the answer and audited either way.
async::Task<void> Change::follow(std::shared_ptr<Performance> performance, async::Seat& seat) {
  const OperationRow& row = performance->row;
  async::Context ctx{row.id, foundation::SteadyTime::max(), parts_.log.with({{"operation", row.id}})};
  cluster::Cluster* cluster = parts_.clusters.find(row.workspace);
  if (!cluster) co_return fail(Code::not_found, "follow", "the workspace has no cluster");
  executor::Executor executor(*cluster->reader, *cluster->writer);
  if (seat.draining) co_return Done{};  // the next process follows on
  seat.idle = true;                     // nor need a stop wait for it
  auto settled = co_await executor.wait_settled(ctx, performance->authorized);
  seat.idle = false;
  if (!settled && settled.error().code == Code::cancelled) co_return std::unexpected(settled.error());
  auto entry = entry_of(audit::Kind::operation_settled, row);
  entry.outcome = settled ? "settled" : "not_settled";
  co_return co_await parts_.database.write(Durability::durable, [entry, id = row.id](Session& session) -> Done {
    auto record = audit::append(session, entry, session.now());
    if (!record) return std::unexpected(record.error());
    return set_readiness(session, id, *entry.outcome);
  });
}

async::Task<Answer> Change::await_answer(async::Context& ctx, std::shared_ptr<Performance> performance) {
  using namespace std::chrono_literals;
  auto until = ctx.deadline == foundation::SteadyTime::max() ? ctx.deadline : ctx.deadline - 500ms;
  if (!performance->answer) co_await async::race(completion_of(performance), async::sleep_until(until));
  if (performance->answer) co_return *performance->answer;
  if (std::chrono::steady_clock::now() < until) co_return fail(Code::cancelled, "wait for the change");
  auto late = still_running(performance->row);
  if (!std::exchange(performance->told_late, true))  // however often the advisor asks
    parts_.open_turns.announce(performance->row.turn, turns::Outcome::unknown,
                               operation_event(performance->row, "unknown", late));
  co_return late;
}

async::Task<void> Change::recover(async::Context& ctx) {
  auto rows = co_await parts_.database.read([](Session& session) { return unfinished(session); });
  if (!rows) co_return std::unexpected(rows.error());
  for (auto& row : *rows) {
    auto authorized = authorized_again(row);
    ctx.log.warning("intent_taken_up", {{"operation", row.id}, {"valid", authorized.has_value()}});
    if (authorized) {
      start(std::move(row), std::move(*authorized), true);
      continue;
    }
    Ending ending{"unknown", Error{Code::corrupt, "recover", "the stored intent does not verify"}, {}};
    auto told = co_await complete(ctx, parts_.database, row, ending, nullptr);
    if (!told) co_return std::unexpected(told.error());
  }
  auto executed = co_await parts_.database.read([](Session& session) { return followed(session); });
  if (!executed) co_return std::unexpected(executed.error());
  for (auto& row : *executed)
    if (auto authorized = authorized_again(row)) {
      auto performance = make_performance(tasks_.executor(), std::move(row), std::move(*authorized), true);
      tasks_.spawn([this, performance](async::Seat& seat) { return follow(performance, seat); });
    }
  co_return Done{};
}

async::asio::awaitable<void> Change::stop(Milliseconds grace) {
  tasks_.drain();
  if (co_await tasks_.wait(grace)) co_return;
  tasks_.cancel();
  co_await tasks_.wait(std::chrono::hours(1));  // "as long as it takes" would overflow in nanoseconds
}

}  // namespace api::change
