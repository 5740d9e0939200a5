// What task.h, task_group.h and worker_pool.h promise, on one thread as in the daemons.
#include "foundation/async/task.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "foundation/async/context.h"
#include "foundation/async/task_group.h"
#include "foundation/async/worker_pool.h"

namespace foundation::async {
namespace {

using namespace std::chrono_literals;

SteadyTime now() { return std::chrono::steady_clock::now(); }
SteadyTime in(Milliseconds wait) { return now() + wait; }

// A value that cannot be made from nothing: branches must carry it all the same.
struct Answer {
  explicit Answer(int v) : value(v) {}
  int value;
};

Task<Answer> answer_after(Milliseconds wait) {
  if (auto slept = co_await sleep_for(wait); !slept) co_return std::unexpected(slept.error());
  co_return Answer(7);
}
Task<Answer> bounded(Milliseconds bound, Milliseconds work) { return with_deadline(in(bound), answer_after(work)); }
Task<Answer> throws_soon() {
  (void)co_await sleep_for(1ms);
  throw std::runtime_error("a bug");
}

// co_spawn wants a default-constructible result.
template <class T>
asio::awaitable<std::optional<Result<T>>> whole(Task<T> task) {
  co_return co_await std::move(task);
}

template <class T>
struct Ended {
  bool ended = false;
  bool threw = false;
  std::optional<Result<T>> result;
};

// Runs one task on a loop of its own until it has ended. A task that hangs fails the test.
template <class T>
Ended<T> run(Task<T> task) {
  Ended<T> end;
  asio::io_context loop{1};
  asio::co_spawn(loop, whole<T>(std::move(task)),
                 [&](std::exception_ptr e, std::optional<Result<T>> r) { end = {true, e != nullptr, std::move(r)}; });
  loop.run_for(60s);
  EXPECT_TRUE(end.ended) << "the task hangs";
  return end;
}

template <class T>
Code code_of(const Ended<T>& end) {
  return end.result && !end.result->has_value() ? end.result->error().code : Code::internal;
}

TEST(WithDeadline, WorkThatEndsInTimeGivesItsResult) {
  auto end = run(bounded(10min, 1ms));
  ASSERT_TRUE(end.result && end.result->has_value());
  EXPECT_EQ((*end.result)->value, 7);
}

TEST(WithDeadline, WorkThatDoesNotEndIsCancelledAndAwaited) {
  auto began = now();
  EXPECT_EQ(code_of(run(bounded(20ms, 10min))), Code::deadline);
  EXPECT_LT(now() - began, 5s);
}

TEST(WithDeadline, ADeadlineThatHasPassedEndsWorkAtOnce) {
  EXPECT_EQ(code_of(run(bounded(-1s, 10min))), Code::deadline);
}

TEST(WithDeadline, AnExceptionPassesOnAtOnce) {
  auto began = now();
  EXPECT_TRUE(run(with_deadline(in(30s), throws_soon())).threw);
  EXPECT_LT(now() - began, 10s);
}

TEST(WithDeadline, NestedOnesEndAtTheEarlier) {
  EXPECT_EQ(code_of(run(with_deadline(in(10min), bounded(10ms, 10min)))), Code::deadline);
  EXPECT_EQ(code_of(run(with_deadline(in(10ms), bounded(10min, 10min)))), Code::deadline);
}

Task<void> first_wins(int& seen) {
  auto [fast, slow] = co_await race(answer_after(1ms), sleep_for(10min));
  seen = fast && fast->has_value() && !slow ? 1 : -1;
  co_return Done{};
}
TEST(Race, TheFirstToEndIsTheOneThatIsSet) {
  int seen = 0;
  run(first_wins(seen));
  EXPECT_EQ(seen, 1);
}

// ---- groups

Task<void> cleans_up(int& cleaned) {
  auto slept = co_await sleep_for(10min);
  EXPECT_TRUE(!slept && slept.error().code == Code::cancelled);
  co_await shield_from_cancellation();
  if (co_await answer_after(5ms)) ++cleaned;
  co_return std::unexpected(Error{});
}
Task<void> cancelled_inside_deadlines(int& cleaned) {
  auto result = co_await with_deadline(in(10min), bounded(11min, 20min));
  if (!result && result.error().code == Code::cancelled) ++cleaned;
  co_return Done{};
}
// Ignores every error, but not the cancellation: each co_await after it throws.
Task<void> stubborn(int& cleaned) {
  struct Gone {
    ~Gone() { ++count; }
    int& count;
  } gone{cleaned};
  for (;;) (void)co_await sleep_for(1ms);
}
Task<void> until_draining(Seat& seat) {
  while (!seat.draining) (void)co_await sleep_for(1ms);
  co_return Done{};
}
Task<void> at_rest(Seat& seat, int& ended) {
  seat.idle = true;
  auto slept = co_await sleep_for(10min);
  if (!slept && slept.error().code == Code::cancelled) ++ended;
  co_return Done{};
}
Task<void> throws_at_once() {
  throw std::runtime_error("a bug");
  co_return Done{};
}

Task<void> stops_a_full_group(int& cleaned) {
  TaskGroup group(co_await asio::this_coro::executor, telemetry::Log());
  for (int i = 0; i < 50; ++i) {
    group.spawn([&](Seat&) { return cleans_up(cleaned); });
    group.spawn([&](Seat&) { return cancelled_inside_deadlines(cleaned); });
    group.spawn([&](Seat&) { return stubborn(cleaned); });
  }
  group.spawn([](Seat&) { return throws_at_once(); });
  EXPECT_FALSE(co_await group.wait(30ms));
  EXPECT_EQ(group.size(), 150u) << "the one that threw is gone, the others are not";
  group.drain();
  EXPECT_FALSE(co_await group.wait(30ms)) << "none of them heeds the flag";
  group.cancel();
  group.cancel();
  EXPECT_TRUE(co_await group.wait(30s));
  co_return Done{};
}
TEST(TaskGroups, ACancelEndsEveryMemberOnceWithItsCleanUp) {
  int cleaned = 0;
  run(stops_a_full_group(cleaned));
  EXPECT_EQ(cleaned, 150);
}

Task<void> drains_gently(int& ended) {
  TaskGroup group(co_await asio::this_coro::executor, telemetry::Log());
  group.spawn([](Seat& seat) { return until_draining(seat); });
  group.spawn([&](Seat& seat) { return at_rest(seat, ended); });
  EXPECT_FALSE(co_await group.wait(20ms));
  group.drain();
  EXPECT_TRUE(co_await group.wait(30s));
  co_return Done{};
}
TEST(TaskGroups, ADrainEndsIdleMembersAndTellsTheOthers) {
  int ended = 0;
  run(drains_gently(ended));
  EXPECT_EQ(ended, 1);
}

Task<void> cancels_before_start(int& cleaned) {
  TaskGroup group(co_await asio::this_coro::executor, telemetry::Log());
  group.spawn([&](Seat&) { return stubborn(cleaned); });
  group.cancel();
  EXPECT_TRUE(co_await group.wait(30s));
  co_return Done{};
}
TEST(TaskGroups, ACancelBeforeAMemberHasRunIsNotLost) {
  int cleaned = 0;
  run(cancels_before_start(cleaned));
}

Task<void> spawns_from_a_member(TaskGroup& group, int& depth, int left) {
  ++depth;
  if (left > 0) group.spawn([&group, &depth, left](Seat&) { return spawns_from_a_member(group, depth, left - 1); });
  co_return Done{};
}
Task<void> grows(int& depth) {
  TaskGroup group(co_await asio::this_coro::executor, telemetry::Log());
  group.spawn([&](Seat&) { return spawns_from_a_member(group, depth, 9); });
  EXPECT_TRUE(co_await group.wait(30s));
  co_return Done{};
}
TEST(TaskGroups, AMemberMaySpawnAnother) {
  int depth = 0;
  run(grows(depth));
  EXPECT_EQ(depth, 10);
}

Task<void> third_run_drains(TaskGroup& group, int& runs) {
  if (++runs == 3) group.drain();
  co_return fail(Code::unavailable, "try", "every time");
}
Task<void> repeats(int& runs) {
  TaskGroup group(co_await asio::this_coro::executor, telemetry::Log());
  group.spawn([&](Seat& seat) { return repeat(seat, 1ms, [&] { return third_run_drains(group, runs); }); });
  EXPECT_TRUE(co_await group.wait(30s));
  group.spawn([&](Seat& seat) { return repeat(seat, 10min, [&] { return third_run_drains(group, runs); }); });
  EXPECT_FALSE(co_await group.wait(5ms));
  group.drain();
  EXPECT_TRUE(co_await group.wait(30s)) << "it was waiting";
  co_return Done{};
}
TEST(TaskGroups, ARepeatedChoreGoesOnAfterAFailureAndEndsWithTheGroup) {
  int runs = 0;
  run(repeats(runs));
  EXPECT_EQ(runs, 3);
}

TEST(TaskGroupsDeathTest, AGroupThatWasNotStoppedAborts) {
  EXPECT_DEATH(
      {
        asio::io_context loop;
        TaskGroup group(loop.get_executor(), telemetry::Log());
        int unused = 0;
        group.spawn([&](Seat&) { return stubborn(unused); });
        loop.run_for(5ms);
      },
      "");
}

// ---- pool

Task<void> works_on_a_pool(asio::thread_pool& pool) {
  auto here = std::this_thread::get_id();
  auto there = co_await on_pool(pool, [] { return std::this_thread::get_id(); });
  EXPECT_NE(here, there);
  EXPECT_EQ(here, std::this_thread::get_id());
  auto owned = co_await on_pool(
      pool, [text = std::make_unique<std::string>("moved")]() -> Result<std::string> { return *text; });
  EXPECT_EQ(owned.value_or(""), "moved");
  co_return Done{};
}
TEST(WorkerPool, WorkRunsThereAndTheCallerGoesOnHere) {
  asio::thread_pool pool(2);
  run(works_on_a_pool(pool));
  pool.join();
}

Task<void> slow_work(asio::thread_pool& pool, bool& came_back) {
  came_back = co_await on_pool(pool, [] {
    std::this_thread::sleep_for(50ms);
    return true;
  });
  co_return Done{};
}
Task<void> cancelled_while_working(asio::thread_pool& pool, bool& came_back) {
  auto [worked, waited] = co_await race(slow_work(pool, came_back), sleep_for(5ms));
  EXPECT_TRUE(waited && !worked);
  co_return Done{};
}
TEST(WorkerPool, WorkIsAwaitedEvenWhenItsCallerIsCancelled) {
  asio::thread_pool pool(1);
  bool came_back = false;
  run(cancelled_while_working(pool, came_back));
  EXPECT_TRUE(came_back);
  pool.join();
}

// ---- context

TEST(Contexts, AChildEndsNoLaterThanItsParent) {
  Context parent{"id", in(1s), {}};
  EXPECT_EQ(parent.child(1h).deadline, parent.deadline);
  EXPECT_LT(parent.child(1ms).deadline, parent.deadline);
  EXPECT_EQ(parent.child(1ms).request_id, "id");
  EXPECT_EQ((Context{"id", in(-1s), {}}).left(), 0ms);
}

}  // namespace
}  // namespace foundation::async
