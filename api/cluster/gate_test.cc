#include "api/cluster/gate.h"

#include <gtest/gtest.h>

#include "foundation/async/task_group.h"

namespace api::cluster {
namespace {

using foundation::Done;
using std::chrono_literals::operator""s;

struct Crowd {
  async::asio::io_context loop{1};
  async::TaskGroup group{loop.get_executor(), {}};
  Gate gate{loop.get_executor(), 2};
  int inside = 0, most = 0, passed = 0;
};

async::Task<void> pass(Crowd& crowd) {
  auto place = co_await crowd.gate.enter();
  if (!place) co_return std::unexpected(place.error());
  crowd.most = std::max(crowd.most, ++crowd.inside);
  co_await async::asio::post(crowd.loop, async::asio::use_awaitable);
  --crowd.inside;
  ++crowd.passed;
  co_return Done{};
}

TEST(Gate, LetsSoManyPassAtATimeAndInTheEndAll) {
  Crowd crowd;
  for (int i = 0; i < 100; ++i) crowd.group.spawn([&](async::Seat&) { return pass(crowd); });
  crowd.loop.run_for(10s);
  EXPECT_EQ(crowd.passed, 100);
  EXPECT_EQ(crowd.most, 2);
}

async::Task<void> wait_for_ever(Crowd& crowd) {
  auto place = co_await crowd.gate.enter();
  co_return co_await async::sleep_until(foundation::SteadyTime::max());
}

TEST(Gate, WhoIsCancelledInsideOrWhileWaitingKeepsNobodyOut) {
  Crowd crowd;
  async::TaskGroup cancelled(crowd.loop.get_executor(), {});
  for (int i = 0; i < 10; ++i) cancelled.spawn([&](async::Seat&) { return wait_for_ever(crowd); });
  for (int i = 0; i < 10; ++i) crowd.group.spawn([&](async::Seat&) { return pass(crowd); });
  crowd.loop.poll();
  EXPECT_EQ(crowd.passed, 0);
  cancelled.cancel();
  crowd.loop.restart();
  crowd.loop.run_for(10s);
  EXPECT_EQ(crowd.passed, 10);
}

}  // namespace
}  // namespace api::cluster
