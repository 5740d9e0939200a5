// One writer, a bounded reader behind it, and our own events that never wait.
#include "api/turns/outbox.h"

#include <gtest/gtest.h>

#include <chrono>

namespace api::turns {
namespace {

using namespace std::chrono_literals;
using foundation::Code;
using foundation::Done;
using foundation::SteadyTime;

Event numbered(int number) { return {"delta", {{"text", std::to_string(number)}}}; }
std::string numbers(std::size_t from, std::size_t to) {
  std::string all;
  for (std::size_t i = from; i < to; ++i) all += (i == from ? "" : " ") + std::to_string(i);
  return all;
}
// The numbers of the events, in order.
std::string text(const foundation::Result<std::vector<Event>>& taken) {
  if (!taken) return "error";
  if (taken->empty()) return "nothing";
  std::string all;
  for (const auto& event : *taken) all += (all.empty() ? "" : " ") + std::string(event.data.at("text").as_string());
  return all;
}

struct OutboxTest : testing::Test {
  async::asio::io_context loop{1};
  Outbox outbox{loop.get_executor()};

  // Begins a task beside the test; `into` is set at its end.
  template <class T>
  void begin(async::Task<T> task, std::optional<foundation::Result<T>>& into,
             async::asio::cancellation_slot slot = {}) {
    async::asio::co_spawn(loop, async::in_branch<T>(std::move(task)),
                          async::asio::bind_cancellation_slot(slot, [&into](std::exception_ptr thrown, auto result) {
                            EXPECT_FALSE(thrown);
                            into.emplace(std::move(result));
                          }));
    settle();
  }
  void settle() {  // all that can go on without time passing has gone on
    loop.restart();
    loop.poll();
  }
  std::string take() {
    std::optional<foundation::Result<std::vector<Event>>> taken;
    begin(outbox.take(SteadyTime::max()), taken);
    return taken ? text(*taken) : "waits";
  }
};

TEST_F(OutboxTest, EventsComeOutInTheOrderTheyWentIn) {
  for (int i = 0; i < 5; ++i) outbox.put_now(numbered(i));
  EXPECT_EQ(take(), "0 1 2 3 4");
}

TEST_F(OutboxTest, AWaitingTakerGetsTheNextEvent) {
  std::optional<foundation::Result<std::vector<Event>>> taken;
  begin(outbox.take(SteadyTime::max()), taken);
  EXPECT_FALSE(taken);
  outbox.put_now(numbered(7));
  settle();
  ASSERT_TRUE(taken);
  EXPECT_EQ(text(*taken), "7");
}

TEST_F(OutboxTest, AFullOutboxHoldsTheAdvisorBackUntilSomethingIsTaken) {
  std::vector<std::optional<foundation::Result<void>>> put(kOutboxEvents + 1);
  for (std::size_t i = 0; i < put.size(); ++i) begin(outbox.put(numbered(int(i))), put[i]);
  EXPECT_TRUE(put[kOutboxEvents - 1]);
  EXPECT_FALSE(put[kOutboxEvents]) << "the bound";
  EXPECT_EQ(take(), numbers(0, kOutboxEvents));
  settle();
  EXPECT_TRUE(put[kOutboxEvents] && *put[kOutboxEvents]);
  EXPECT_EQ(take(), std::to_string(kOutboxEvents));
}

TEST_F(OutboxTest, OurOwnEventsNeverWait) {
  for (int i = 0; i < int(kOutboxEvents) + 20; ++i) outbox.put_now(numbered(i));
  EXPECT_EQ(take(), numbers(0, kOutboxEvents + 20));
}

TEST_F(OutboxTest, AClosedOutboxStillDeliversWhatIsInIt) {
  outbox.put_now(numbered(1));
  outbox.put_now(numbered(2));
  outbox.close();
  outbox.put_now(numbered(3));
  EXPECT_EQ(take(), "1 2");
  std::optional<foundation::Result<std::vector<Event>>> taken;
  begin(outbox.take(SteadyTime::max()), taken);
  ASSERT_TRUE(taken && !*taken);
  EXPECT_EQ(taken->error().code, Code::not_found);
}

TEST_F(OutboxTest, ClosingEndsThoseWhoWait) {
  std::optional<foundation::Result<std::vector<Event>>> taken;
  begin(outbox.take(SteadyTime::max()), taken);
  outbox.close();
  settle();
  EXPECT_TRUE(taken && !*taken);

  Outbox full(loop.get_executor());
  for (std::size_t i = 0; i < kOutboxEvents; ++i) full.put_now(numbered(int(i)));
  std::optional<foundation::Result<void>> put;
  begin(full.put(numbered(99)), put);
  EXPECT_FALSE(put);
  full.close();
  settle();
  ASSERT_TRUE(put && !*put);
  EXPECT_EQ(put->error().code, Code::cancelled);
}

TEST_F(OutboxTest, NothingInTimeIsNothingAndNoError) {
  std::optional<foundation::Result<std::vector<Event>>> taken;
  begin(outbox.take(std::chrono::steady_clock::now() + 5ms), taken);
  EXPECT_FALSE(taken);
  loop.restart();
  loop.run_for(10s);
  ASSERT_TRUE(taken);
  EXPECT_EQ(text(*taken), "nothing");
  outbox.put_now(numbered(1));
  EXPECT_EQ(take(), "1") << "and the next one is not lost";
}

TEST_F(OutboxTest, AnEventThatIsThereIsTakenThoughTheTimeIsOver) {
  outbox.put_now(numbered(1));
  std::optional<foundation::Result<std::vector<Event>>> taken;
  begin(outbox.take(std::chrono::steady_clock::now() - 1s), taken);
  ASSERT_TRUE(taken);
  EXPECT_EQ(text(*taken), "1");
}

TEST_F(OutboxTest, ACancelledTakerLosesNoEvent) {
  std::optional<foundation::Result<std::vector<Event>>> taken;
  async::asio::cancellation_signal cancel;
  begin(outbox.take(SteadyTime::max()), taken, cancel.slot());
  cancel.emit(async::asio::cancellation_type::terminal);
  settle();
  ASSERT_TRUE(taken && !*taken);
  EXPECT_EQ(taken->error().code, Code::cancelled);
  outbox.put_now(numbered(1));
  EXPECT_EQ(take(), "1");
}

}  // namespace
}  // namespace api::turns
