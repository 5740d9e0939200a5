#include "api/change/change.h"

#include <algorithm>
#include <utility>

#include "api/change/performance.h"
#include "api/change/replies.h"
#include "api/change/submission.h"
#include "api/operations/catalogue.h"
#include "api/policy/decide.h"

namespace api::change {

using foundation::Code;
using foundation::fail;
using foundation::database::Durability;

namespace {

Answer answer_of(const OperationRow& row, const Ending& ending, std::int64_t audit_seq) {
  if (ending.state == "executed") return success(row, "executed", audit_seq);
  if (ending.state == "failed") return refusal_of(ending.error);
  return refusal(
      504, "outcome_unknown",
      "Another writer changed the object meanwhile, so nobody can tell whether this was applied. It is not tried "
      "again; look at the object.",
      policy::Reason{"outcome_unknown", ending.error.cause});
}

// Intent without completion: the completion is tried until it is stored, whatever it takes.
async::Task<Answer> complete(async::Context& ctx, foundation::database::Database& database, OperationRow row,
                             Ending ending) {
  for (Milliseconds pause = kRetryFirst;; pause = std::min(pause * 2, kRetryLast)) {
    auto stored = co_await database.write(Durability::durable, [row, ending](Session& session) -> Result<Answer> {
      auto entry = entry_of(audit::Kind::operation_outcome, row);
      entry.outcome = ending.state;
      if (ending.state != "executed") entry.reason = std::string(to_string(ending.error.code));
      if (!ending.resource_version.empty())
        entry.after = audit::ObjectState{row.plan.target.uid, ending.resource_version, row.plan.after};
      auto record = audit::append(session, entry, session.now());
      if (!record) return std::unexpected(record.error());
      Answer answer = answer_of(row, ending, record->seq);
      if (auto done = complete_operation(session, row.id, ending.state, answer); !done)
        return std::unexpected(done.error());
      return answer;
    });
    if (stored || stored.error().code == Code::conflict) co_return stored;
    ctx.log.error("completion_not_stored", {{"operation", row.id}, {"cause", stored.error().text()}});
    if (auto slept = co_await async::sleep_for(pause); !slept) co_return std::unexpected(slept.error());
  }
}

// Readiness is followed after the answer and audited either way.
async::Task<void> follow(async::Context& ctx, foundation::database::Database& database, cluster::Cluster& cluster,
                         const Performance& performance) {
  executor::Executor executor(*cluster.reader, *cluster.writer);
  auto settled = co_await executor.wait_settled(ctx, performance.authorized);
  if (!settled && settled.error().code == Code::cancelled) co_return std::unexpected(settled.error());
  auto entry = entry_of(audit::Kind::operation_settled, performance.row);
  entry.outcome = settled ? "settled" : "not_settled";
  co_return co_await database.write(Durability::durable, [entry](Session& session) -> Done {
    auto record = audit::append(session, entry, session.now());
    return record ? Done{} : Done(std::unexpected(record.error()));
  });
}

async::Task<void> completion_of(std::shared_ptr<Performance> performance) {
  // Its timer never runs out: a cancel is the signal, to those who wait already.
  if (!performance->answer) co_await performance->completed.async_wait(async::as_result);
  co_return Done{};
}

}  // namespace

Change::Change(async::asio::any_io_executor on, Parts parts) : parts_(parts), tasks_(on, parts.log) {}

async::Task<Answer> Change::submit(async::Context& ctx, foundation::jwt::InternalClaims claims, std::string operation,
                                   std::string body) {
  Submission submission(parts_, ctx, std::move(claims), std::move(operation), std::move(body));
  auto ended = co_await submission.run();
  if (!ended) co_return std::unexpected(ended.error());
  if (ended->row) {
    // No co_await stands between the commit of the intent and this line, so that a cancelled caller cannot strand it.
    auto performance = start(std::move(*ended->row), std::move(*ended->authorized), false);
    co_return co_await await_answer(ctx, std::move(performance));
  }
  if (ended->running.empty()) co_return std::move(ended->answer);
  auto running = running_.find(ended->running);
  if (running == running_.end()) co_return refusal(409, "conflict", "This call is being completed; ask again.");
  co_return co_await await_answer(ctx, running->second);
}

std::shared_ptr<Performance> Change::start(OperationRow row, policy::AuthorizedOperation authorized, bool recovering) {
  auto performance =
      std::make_shared<Performance>(std::move(row), std::move(authorized), recovering, false, std::nullopt,
                                    async::asio::steady_timer(tasks_.executor(), foundation::SteadyTime::max()));
  running_[performance->row.id] = performance;
  tasks_.spawn([this, performance](async::Seat&) { return perform(performance); });
  return performance;
}

async::Task<void> Change::perform(std::shared_ptr<Performance> performance) {
  const OperationRow& row = performance->row;
  async::Context ctx{row.id, foundation::SteadyTime::max(), parts_.log.with({{"operation", row.id}})};
  cluster::Cluster* cluster = parts_.clusters.find(row.workspace);
  if (!cluster) co_return fail(Code::not_found, "perform", "the workspace has no cluster");
  auto ending = co_await perform_write(ctx, parts_.database, *cluster, performance->row, performance->authorized,
                                       performance->recovering);
  if (!ending) co_return std::unexpected(ending.error());  // stopped: recovery takes it up
  auto answer = co_await complete(ctx, parts_.database, row, *ending);
  if (!answer) co_return std::unexpected(answer.error());
  performance->answer = *answer;
  bool executed = ending->state == "executed";
  turns::Outcome outcome = executed                     ? turns::Outcome::executed
                           : ending->state == "unknown" ? turns::Outcome::unknown
                                                        : turns::Outcome::refused;
  parts_.open_turns.announce(row.turn, outcome, operation_event(row, ending->state, *answer));
  performance->completed.cancel();
  running_.erase(row.id);
  if (executed) co_return co_await follow(ctx, parts_.database, *cluster, *performance);
  co_return Done{};
}

async::Task<Answer> Change::await_answer(async::Context& ctx, std::shared_ptr<Performance> performance) {
  using namespace std::chrono_literals;
  auto until = ctx.deadline == foundation::SteadyTime::max() ? ctx.deadline : ctx.deadline - 500ms;
  if (!performance->answer) co_await async::race(completion_of(performance), async::sleep_until(until));
  if (performance->answer) co_return *performance->answer;
  if (std::chrono::steady_clock::now() < until) co_return fail(Code::cancelled, "wait for the change");
  auto late = refusal(504, "outcome_unknown", "The change is still on its way; the audit will say what became of it.",
                      policy::Reason{"still_running", "The cluster has not answered yet."});
  if (!std::exchange(performance->told_late, true))  // however often the advisor asks
    parts_.open_turns.announce(performance->row.turn, turns::Outcome::unknown,
                               operation_event(performance->row, "unknown", late));
  co_return late;
}

async::Task<void> Change::recover(async::Context& ctx) {
  auto rows = co_await parts_.database.read([](Session& session) { return unfinished(session); });
  if (!rows) co_return std::unexpected(rows.error());
  for (auto& row : *rows) {
    const auto* operation = operations::find_operation(row.name);
    auto authorized =
        operation ? policy::take_up(*operation, row.arguments, row.plan, row.workspace, row.user, row.turn, row.op_hash)
                  : std::nullopt;
    ctx.log.warning("intent_taken_up", {{"operation", row.id}, {"valid", authorized.has_value()}});
    if (authorized) start(std::move(row), std::move(*authorized), true);
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
