// Which stream hears of an operation, and what the turn's outcome is made of.
#include "api/turns/open_turns.h"

#include <gtest/gtest.h>

#include <memory>

namespace api::turns {
namespace {

struct OpenTurnsTest : testing::Test {
  // How many events are in it; closes it.
  static int drain(Outbox& outbox, async::asio::io_context& loop) {
    outbox.close();
    int events = 0;
    async::asio::co_spawn(loop, outbox.take(foundation::SteadyTime::max()),
                          [&](std::exception_ptr, foundation::Result<std::vector<Event>> taken) {
                            if (taken) events = int(taken->size());
                          });
    loop.restart();
    loop.run();
    return events;
  }
  async::asio::io_context loop{1};
  foundation::telemetry::Metrics metrics;
  OpenTurns turns{metrics};
  Outbox outbox{loop.get_executor()}, other{loop.get_executor()};
};

TEST_F(OpenTurnsTest, AnEventReachesItsOwnTurnAlone) {
  OpenTurns::Place one(turns, "one", outbox), two(turns, "two", other);
  turns.announce("two", Outcome::executed, {"operation", {}});
  EXPECT_EQ(one.record().outcome(), Outcome::answered);
  EXPECT_EQ(two.record().outcome(), Outcome::executed);
  EXPECT_EQ(drain(outbox, loop), 0);
  EXPECT_EQ(drain(other, loop), 1);
}

TEST_F(OpenTurnsTest, ATurnThatIsGoneIsNotAnnouncedTo) {
  {
    OpenTurns::Place place(turns, "one", outbox);
  }
  turns.announce("one", Outcome::executed, {"operation", {}});
  turns.announce("never", Outcome::executed, {"operation", {}});
  EXPECT_EQ(drain(outbox, loop), 0);
}

TEST_F(OpenTurnsTest, TheCountIsOfThoseThatAreHere) {
  auto gauge = metrics.gauge("hks_turns_open", "Turns whose clients are connected to this replica");
  EXPECT_EQ(turns.size(), 0u);
  auto one = std::make_unique<OpenTurns::Place>(turns, "one", outbox);
  {
    OpenTurns::Place two(turns, "two", other);
    EXPECT_EQ(turns.size(), 2u);
    EXPECT_EQ(gauge.value(), 2);
  }
  EXPECT_EQ(gauge.value(), 1);
  one.reset();
  EXPECT_EQ(turns.size(), 0u);
  EXPECT_EQ(gauge.value(), 0);
}

Event about(const std::string& operation) { return {"operation", {{"operation_id", operation}}}; }

TEST_F(OpenTurnsTest, AnOutcomeIsTheStrongestOfWhatHappened) {
  EXPECT_EQ(Record{}.outcome(), Outcome::answered);
  OpenTurns::Place place(turns, "one", outbox);
  turns.announce("one", Outcome::refused, about("op-1"));
  EXPECT_EQ(place.record().outcome(), Outcome::refused);
  turns.announce("one", Outcome::waiting, {"proposal", {{"approval_id", "a-1"}}});
  EXPECT_EQ(place.record().outcome(), Outcome::waiting);
  turns.announce("one", Outcome::unknown, about("op-2"));
  EXPECT_EQ(place.record().outcome(), Outcome::unknown);
  turns.announce("one", Outcome::executed, about("op-3"));
  turns.announce("one", Outcome::refused, about("op-4"));
  EXPECT_EQ(place.record().outcome(), Outcome::executed);
}

// It was counted as unknown for ever: a change that ended well, or was refused, left the turn without an outcome.
TEST_F(OpenTurnsTest, TheLastWordOfAnOperationReplacesItsUnknown) {
  OpenTurns::Place place(turns, "one", outbox);
  turns.announce("one", Outcome::unknown, about("late"));
  turns.announce("one", Outcome::refused, about("late"));
  EXPECT_EQ(place.record().outcome(), Outcome::refused);
  turns.announce("one", Outcome::unknown, about("later"));
  EXPECT_EQ(place.record().outcome(), Outcome::unknown) << "each operation speaks for itself";
  turns.announce("one", Outcome::executed, about("later"));
  EXPECT_EQ(place.record().outcome(), Outcome::executed);
}

}  // namespace
}  // namespace api::turns
