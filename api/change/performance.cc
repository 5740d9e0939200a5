#include "api/change/performance.h"

#include <algorithm>

#include "api/change/steps.h"
#include "api/change/surroundings.h"

namespace api::change {

using executor::Trace;
using foundation::Code;
using foundation::Error;
using foundation::Milliseconds;
using foundation::database::Durability;
using foundation::kubernetes::ObjectView;

Next after_try(const foundation::Result<void>& written, bool may_have_arrived) {
  if (written) return Next::done;
  if (may_have_arrived) return Next::look;
  switch (written.error().code) {
    case Code::invalid:
    case Code::denied:
    case Code::not_found: return Next::refused;
    case Code::conflict: return Next::moved;
    default: return Next::look;
  }
}

namespace {

bool is_refusal(const Error& error) { return error.code == Code::invalid || error.code == Code::denied; }

// No answer came, so that the request may still be on its way. A 409 is an answer.
bool is_lost(const Error& error) { return error.code != Code::conflict && error.code != Code::not_found; }

struct Write {
  async::Context& ctx;
  foundation::database::Database& database;
  cluster::Cluster& cluster;
  OperationRow& row;
  const policy::AuthorizedOperation& authorized;
  executor::Executor executor{*cluster.reader, *cluster.writer};

  async::Task<Ending> executed() {
    auto object = co_await executor.wait_applied(ctx, authorized);
    if (!object && object.error().code == Code::cancelled) co_return std::unexpected(object.error());
    // The write was answered with success: what is not seen of it in time does not undo it.
    std::string version = object ? std::string(ObjectView{json::View(*object)}.resource_version()) : std::string();
    co_return Ending{"executed", {}, version};
  }

  // What the live object says; none: to be written again, on the object as it is now. `until`: as in wait_out.
  async::Task<std::optional<Ending>> look(bool may_have_arrived, foundation::SteadyTime until) {
    // First, so that the next write follows its look at once.
    auto around =
        co_await surroundings(ctx, *cluster.reader, row.plan.target.namespace_name, of_both(authorized.operation()));
    auto live = co_await cluster.reader->get(ctx, row.plan.target);
    if (!live && live.error().code == Code::not_found)
      co_return Ending{may_have_arrived ? "unknown" : "failed", live.error(), {}};
    if (!live) co_return std::nullopt;
    ObjectView view{json::View(*live)};
    Error another{Code::conflict, "write", "another writer came between"};
    if (may_have_arrived) {
      Trace trace = executor::trace(row.plan, row.id, row.written_on, view);
      if (trace == Trace::applied) co_return co_await executed();
      if (trace == Trace::unknown) co_return Ending{"unknown", another, {}};
    } else if (!executor::still_as_planned(row.plan, view)) {
      co_return Ending{"failed", another, {}};
    }
    if (!around)
      co_return std::nullopt;  // the guards cannot be asked: the write stays on the old version, and is refused
    auto refused = judge_again(view, *around);
    if (refused && may_have_arrived) co_return co_await wait_out(std::move(*refused), until);
    if (refused) co_return Ending{"failed", std::move(*refused), {}};
    auto again = co_await rewrite(view);
    if (!again && again.error().code == Code::conflict) co_return std::unexpected(again.error());
    co_return std::nullopt;
  }

  // The cluster or a guard refuses by now, but an earlier request may still arrive, so it is looked for as long as it
  // can, which is `until`. It is not sent again meanwhile: tried on and on, the change would come true whenever the
  // refusal is lifted. None: nothing of ours can arrive any more, and the denial may be that of an API server that had
  // just started, which denies everything for a moment.
  async::Task<std::optional<Ending>> wait_out(Error refusal, foundation::SteadyTime until) {
    for (Milliseconds pause = kRetryFirst;; pause = std::min(pause * 2, kRetryLast)) {
      bool is_last = std::chrono::steady_clock::now() >= until;
      auto live = co_await cluster.reader->get(ctx, row.plan.target);
      if (!live && live.error().code == Code::not_found) co_return Ending{"unknown", live.error(), {}};
      Trace trace =
          live ? executor::trace(row.plan, row.id, row.written_on, ObjectView{json::View(*live)}) : Trace::absent;
      if (trace == Trace::applied) co_return co_await executed();
      if (trace == Trace::unknown) co_return Ending{"unknown", refusal, {}};
      if (live && is_last && refusal.code == Code::denied) co_return std::nullopt;
      if (live && is_last) co_return Ending{"failed", std::move(refusal), {}};
      if (auto slept = co_await async::sleep_for(pause); !slept) co_return std::unexpected(slept.error());
    }
  }

  // A 409 means to read and decide again: the plan and the guards, on everything as it is now.
  std::optional<Error> judge_again(const ObjectView& live, const operations::Surroundings& around) const {
    const operations::Operation& operation = authorized.operation();
    auto plan = operation.plan(row.arguments, live, around);
    if (!plan) return plan.error();
    if (plan->patch != row.plan.patch || plan->fields_read != row.plan.fields_read)
      return Error{Code::conflict, "write", "the plan no longer holds"};
    if (auto refused = plan->refusal ? plan->refusal : operation.guard(*plan, live, around))
      return Error{Code::conflict, "write", refused->text};
    return std::nullopt;
  }

  // The plan holds: the same change again on the object as it is now.
  async::Task<void> rewrite(const ObjectView& live) {
    executor::WrittenOn now{std::string(live.resource_version()), live.generation()};
    auto stored = co_await database.write(
        Durability::durable, [id = row.id, now](Session& session) { return rewrite_intent(session, id, now); });
    if (stored) row.written_on = now;
    co_return stored;
  }
};

}  // namespace

async::Task<Ending> perform_write(async::Context& ctx, foundation::database::Database& database,
                                  cluster::Cluster& cluster, OperationRow& row,
                                  const policy::AuthorizedOperation& authorized, WriteOptions options) {
  Write write{ctx, database, cluster, row, authorized};
  bool may_have_arrived = options.recovering;
  auto arrived_by = std::chrono::steady_clock::now() + options.may_still_arrive;
  Milliseconds pause = kRetryFirst;
  for (int moves = 0;;) {
    passed(Step::sending);
    auto written = co_await write.executor.write(ctx, authorized, row.id, row.written_on.resource_version);
    passed(Step::written);
    Next next = after_try(written, may_have_arrived);
    if (next == Next::done) co_return co_await write.executed();
    if (next == Next::refused) co_return Ending{"failed", written.error(), {}};
    if (next == Next::moved && ++moves > kMaxMoves) co_return Ending{"failed", written.error(), {}};
    if (next == Next::look && is_refusal(written.error())) {
      auto ending = co_await write.wait_out(written.error(), arrived_by);
      if (!ending) co_return std::unexpected(ending.error());
      if (*ending) co_return std::move(**ending);
      may_have_arrived = false;       // what the cluster says to the next try counts
    } else if (next == Next::look) {  // before the look, never between it and the next write
      if (is_lost(written.error())) arrived_by = std::chrono::steady_clock::now() + options.may_still_arrive;
      may_have_arrived = true;
      if (auto slept = co_await async::sleep_for(pause); !slept) co_return std::unexpected(slept.error());
      pause = std::min(pause * 2, kRetryLast);
    }
    auto ending = co_await write.look(may_have_arrived, arrived_by);
    if (!ending) co_return std::unexpected(ending.error());
    if (*ending) co_return std::move(**ending);
  }
}

}  // namespace api::change
