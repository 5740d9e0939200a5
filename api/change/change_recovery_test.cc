// What a process that died left behind, taken up by the next one: looked for on the cluster, written at most once, and
// never guessed about.
#include "api/change/change_lab.h"

namespace api::change {
namespace {

using namespace std::chrono_literals;

using ChangeRecovery = TurnLab;

// The first process sends its write and dies; what it did to the cluster depends on what the fake holds back.
async::Task<void> die_in_the_write(Lab& lab) {
  Lab::Call call;
  lab.begin(call, lab.scale_web());
  EXPECT_TRUE(co_await lab.becomes([&] { return lab.fake.written.size() == 1; }));
  call.cancel.emit(async::asio::cancellation_type::terminal);
  EXPECT_TRUE(co_await lab.becomes([&] { return call.ended(); }));
  co_await lab.change->stop(0ms);
  lab.fake.hold_writes = lab.fake.hold_answers = false;
  EXPECT_EQ(lab.state(), "intended");
  lab.restart();
  co_return Done{};
}

async::Task<void> recover(Lab& lab, std::string ends_in) {
  async::Context ctx{.request_id = "recovery", .log = {}};
  if (auto done = co_await lab.change->recover(ctx); !done) co_return done;
  EXPECT_TRUE(co_await lab.becomes([&] { return lab.state() != "intended"; }));
  EXPECT_EQ(lab.state(), ends_in);
  co_return Done{};
}

TEST_F(ChangeRecovery, AWriteThatWasAppliedIsFoundNotRepeated) {
  fake.hold_answers = true;
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await die_in_the_write(lab);
    (void)co_await recover(lab, "executed");
    EXPECT_EQ(lab.fake.applied, 1);
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.audited().size() == 3; }));
    EXPECT_EQ(lab.audited(), (Lines{"operation.intent", "operation.outcome executed", "operation.settled settled"}));
    co_return Done{};
  });
}

TEST_F(ChangeRecovery, AWriteThatNeverArrivedIsMadeOnce) {
  fake.hold_writes = true;
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await die_in_the_write(lab);
    (void)co_await recover(lab, "executed");
    EXPECT_EQ(lab.fake.applied, 1);
    EXPECT_EQ(lab.fake.written.at(1).resource_version, lab.fake.written.at(0).resource_version);
    EXPECT_EQ(lab.fake.written.at(1).field_manager, lab.fake.written.at(0).field_manager);
    co_return Done{};
  });
}

TEST_F(ChangeRecovery, AMovedStatusIsNoObstacle) {
  fake.hold_writes = true;
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await die_in_the_write(lab);
    lab.fake.touch_status("web");
    (void)co_await recover(lab, "executed");
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

TEST_F(ChangeRecovery, AnotherWriterInBetweenIsUnknownAndNeverTriedAgain) {
  fake.hold_writes = true;
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await die_in_the_write(lab);
    lab.fake.scale("web", 9);
    (void)co_await recover(lab, "unknown");
    EXPECT_EQ(lab.fake.replicas("web"), 9);
    EXPECT_EQ(lab.stored().answer->status, 504);
    EXPECT_EQ(lab.audited(), (Lines{"operation.intent", "operation.outcome unknown"}));
    co_return Done{};
  });
}

TEST_F(ChangeRecovery, AnObjectMadeAnewIsNotOurs) {
  fake.hold_writes = true;
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await die_in_the_write(lab);
    lab.fake.recreate("web", 3);
    (void)co_await recover(lab, "unknown");
    EXPECT_EQ(lab.fake.applied, 0);
    co_return Done{};
  });
}

TEST_F(ChangeRecovery, AGoneObjectIsUnknown) {
  fake.hold_writes = true;
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await die_in_the_write(lab);
    lab.fake.remove("web");
    (void)co_await recover(lab, "unknown");
    co_return Done{};
  });
}

TEST_F(ChangeRecovery, TheCallAskedAgainGetsTheOutcome) {
  fake.hold_writes = true;
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await die_in_the_write(lab);
    auto early = co_await lab.scale_web();
    EXPECT_TRUE(early && early->status == 409) << "nobody works on it yet, and a second write is not begun";
    (void)co_await recover(lab, "executed");
    auto answer = co_await lab.scale_web();
    EXPECT_TRUE(answer && answer->status == 200);
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

TEST_F(ChangeRecovery, ACallAskedDuringRecoveryWaitsForIt) {
  fake.hold_writes = true;
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await die_in_the_write(lab);
    lab.fake.hold_writes = true;
    async::Context ctx{.request_id = "recovery", .log = {}};
    if (auto done = co_await lab.change->recover(ctx); !done) co_return done;
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.fake.written.size() == 2; }));
    Lab::Call call;
    lab.begin(call, lab.scale_web());
    lab.fake.hold_writes = false;
    EXPECT_TRUE(co_await lab.becomes([&] { return call.ended(); }));
    EXPECT_TRUE(call.answer && *call.answer && (*call.answer)->status == 200);
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

TEST_F(ChangeRecovery, ATamperedIntentIsNotCarriedOut) {
  fake.hold_writes = true;
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await die_in_the_write(lab);
    lab.sql(R"(UPDATE operations SET plan = replace(plan, '"replicas":5', '"replicas":50'))");
    async::Context ctx{.request_id = "recovery", .log = {}};
    if (auto done = co_await lab.change->recover(ctx); !done) co_return done;
    co_await lab.change->stop(10s);
    EXPECT_EQ(lab.fake.written.size(), 1u) << "the first process's own";
    EXPECT_EQ(lab.fake.replicas("web"), 3);
    co_return Done{};
  });
}

TEST_F(ChangeRecovery, WhatIsCompletedIsLeftAlone) {
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await lab.scale_web();
    co_await lab.change->stop(10s);
    lab.fake.scale("web", 3);
    lab.restart();
    (void)co_await recover(lab, "executed");
    co_await lab.change->stop(10s);
    EXPECT_EQ(lab.fake.written.size(), 1u);
    co_return Done{};
  });
}

}  // namespace
}  // namespace api::change
