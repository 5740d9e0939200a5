// A submission when the cluster, the database, another writer or an administrator does not stand still: what is
// written, how often, and what is said about it.
#include <future>

#include "api/change/change_lab.h"
#include "api/change/replies.h"
#include "api/change/submission.h"
#include "foundation/base/unicode.h"

namespace api::change {
namespace {

using namespace std::chrono_literals;

using ChangeFaults = TurnLab;

std::string code(const Result<Answer>& answer) {
  if (!answer) return "error " + answer.error().text();
  const auto* value = answer->body.if_contains(answer->status == 200 ? "state" : "code");
  return std::to_string(answer->status) + " " + std::string(json::View(value).text());
}

TEST_F(ChangeFaults, AnAutoscalersDeploymentIsGuarded) {
  fake.lists["HorizontalPodAutoscaler"] = {autoscaler_of("web")};
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web();
    EXPECT_EQ(code(answer), "422 guard_refused");
    EXPECT_EQ(lab.audited(), Lines{"operation.outcome refused"});
    EXPECT_TRUE(lab.fake.rehearsed.empty() && lab.fake.written.empty());
    co_return Done{};
  });
}

TEST_F(ChangeFaults, WhatGuardsCannotSeeStopsTheChange) {
  fake.list_error = foundation::Error{Code::denied, "list", "forbidden"};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "502 cluster_refused");
    EXPECT_TRUE(lab.fake.rehearsed.empty() && lab.fake.written.empty());
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ARefusedRehearsalWritesNothing) {
  fake.dry_runs = {Fake::refuses(Code::invalid)};
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web();
    EXPECT_EQ(code(answer), "502 cluster_refused");
    EXPECT_EQ(lab.audited(), Lines{"operation.outcome failed"});
    EXPECT_TRUE(lab.fake.written.empty());
    EXPECT_EQ(lab.state(), "failed");
    co_return Done{};
  });
}

TEST_F(ChangeFaults, AnAbsentClusterIsUnavailableAndNothingIsWritten) {
  fake.gets = {Fake::refuses(Code::unavailable)};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web(5, "call-1")), "503 cluster_unavailable");
    EXPECT_TRUE(lab.fake.rehearsed.empty() && lab.fake.written.empty());
    EXPECT_EQ(code(co_await lab.scale_web(5, "call-2")), "200 executed") << "the command is not used up";
    co_return Done{};
  });
}

TEST_F(ChangeFaults, AnObjectThatMovesUnderTheRehearsalIsPlannedAnew) {
  fake.dry_runs = {Fake::after([this] { fake.scale("web", 4); })};
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web();
    EXPECT_EQ(code(answer), "200 executed");
    EXPECT_EQ(lab.fake.rehearsed.size(), 2u);
    EXPECT_EQ(lab.fake.applied, 1);
    if (answer) EXPECT_EQ(answer->body.at("before"), (json::Value{{"replicas", 4}})) << "planned on what is there now";
    co_return Done{};
  });
}

TEST_F(ChangeFaults, AnObjectThatNeverStandsStillIsGivenUp) {
  for (int i = 0; i < kMaxRounds; ++i) fake.dry_runs.push_back(Fake::after([this] { fake.touch_status("web"); }));
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "409 conflict");
    EXPECT_EQ(lab.fake.rehearsed.size(), std::size_t(kMaxRounds));
    EXPECT_TRUE(lab.fake.written.empty());
    EXPECT_EQ(lab.audited(), Lines{"operation.outcome failed"});
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ARevocationBeforeTheIntentWins) {
  fake.dry_runs = {Fake::after([this] { revoke_all_of("erin"); })};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "403 denied");
    EXPECT_TRUE(lab.fake.written.empty());
    EXPECT_EQ(lab.audited(), Lines{"operation.decision refused"});
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ARevocationAfterTheIntentIsOrderedAfterTheOperation) {
  fake.writes = {Fake::after([this] { revoke_all_of("erin"); })};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "200 executed");
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ATurnThatEndsBeforeTheIntentEndsTheCall) {
  fake.dry_runs = {Fake::after([this] { sql("UPDATE turns SET closed_at = 1"); })};
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web();
    EXPECT_FALSE(answer);
    if (!answer) EXPECT_EQ(answer.error().code, Code::unauthenticated);
    EXPECT_TRUE(lab.fake.written.empty());
    EXPECT_TRUE(lab.audited().empty());
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ACommandUsedUpMeanwhileWaitsForAnApproval) {
  fake.dry_runs = {Fake::after([this] { sql("INSERT INTO consumed_commands VALUES ('turn-erin', 0, 'other')"); })};
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web();
    EXPECT_TRUE(answer && answer->status == 202);
    EXPECT_EQ(lab.audited(), Lines{"approval.opened"});
    EXPECT_TRUE(lab.fake.written.empty());
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ALostAnswerAfterTheWriteIsExecutedExactlyOnce) {
  fake.writes = {Fake::loses_answer()};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "200 executed");
    EXPECT_EQ(lab.fake.applied, 1);
    EXPECT_EQ(lab.fake.replicas("web"), 5);
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ALostRequestIsWrittenOnce) {
  fake.writes = {Fake::loses_request(), Fake::loses_request()};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "200 executed");
    EXPECT_EQ(lab.fake.written.size(), 3u);
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ALostRequestUnderAMovingStatusIsWrittenOnce) {
  fake.writes = {Fake::loses_request()};
  fake.gets = {{}, Fake::after([this] { fake.touch_status("web"); })};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "200 executed");
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

TEST_F(ChangeFaults, AStatusThatMovesUnderTheWriteIsNoObstacle) {
  fake.writes = {Fake::after([this] { fake.touch_status("web"); }), Fake::after([this] { fake.touch_status("web"); })};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "200 executed");
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

// A 409 means to read and decide again: what speaks against the change by then stops it.
TEST_F(ChangeFaults, AnAutoscalerThatComesBetweenTheIntentAndItsWriteStopsIt) {
  fake.writes = {Fake::after([this] {
    fake.lists["HorizontalPodAutoscaler"] = {autoscaler_of("web")};
    fake.touch_status("web");
  })};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "409 conflict");
    EXPECT_EQ(lab.fake.applied, 0);
    EXPECT_EQ(lab.audited(), (Lines{"operation.intent", "operation.outcome failed"}));
    co_return Done{};
  });
}

TEST_F(ChangeFaults, AnotherWriterBeforeOursIsTruthfullyAFailure) {
  fake.writes = {Fake::after([this] { fake.scale("web", 9); })};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "409 conflict");
    EXPECT_EQ(lab.fake.replicas("web"), 9) << "never forced";
    EXPECT_EQ(lab.audited(), (Lines{"operation.intent", "operation.outcome failed"}));
    co_return Done{};
  });
}

TEST_F(ChangeFaults, AnotherWriterAfterALostAnswerLeavesItUnknownAndUntried) {
  fake.writes = {Fake::loses_answer()};
  fake.gets = {{}, Fake::after([this] { fake.scale("web", 9); })};
  run([](Lab& lab) -> async::Task<void> {
    turns::Outbox outbox(lab.on());
    turns::OpenTurns::Place place(lab.open_turns, "turn-erin", outbox);
    EXPECT_EQ(code(co_await lab.scale_web()), "504 outcome_unknown");
    EXPECT_EQ(lab.fake.written.size(), 1u);
    EXPECT_EQ(lab.fake.replicas("web"), 9);
    EXPECT_EQ(lab.audited(), (Lines{"operation.intent", "operation.outcome unknown"}));
    EXPECT_EQ(place.record().outcome(), turns::Outcome::unknown);
    co_return Done{};
  });
}

TEST_F(ChangeFaults, AnObjectMadeAnewIsAnotherObject) {
  fake.writes = {Fake::after([this] { fake.recreate("web", 3); })};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "409 conflict");
    EXPECT_EQ(lab.fake.applied, 0);
    co_return Done{};
  });
}

TEST_F(ChangeFaults, AnObjectThatIsGoneIsNotFound) {
  fake.writes = {Fake::after([this] { fake.remove("web"); })};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "404 not_found");
    EXPECT_EQ(lab.audited(), (Lines{"operation.intent", "operation.outcome failed"}));
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ARefusedWriteSaysSo) {
  fake.writes = {Fake::refuses(Code::denied)};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "502 cluster_refused");
    EXPECT_EQ(lab.fake.written.size(), 1u);
    EXPECT_EQ(lab.audited(), (Lines{"operation.intent", "operation.outcome failed"}));
    co_return Done{};
  });
}

// It was tried for ever, and so came true whenever the quota was raised.
TEST_F(ChangeFaults, ARefusalAfterALostRequestEndsTheTryingOnceThatCannotArriveAnyMore) {
  fake.writes = {Fake::loses_request(), Fake::refuses(Code::invalid)};
  run([](Lab& lab) -> async::Task<void> {
    auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(code(co_await lab.scale_web()), "502 cluster_refused");
    EXPECT_GE(std::chrono::steady_clock::now() - began, Lab::kMayStillArrive);
    EXPECT_EQ(lab.state(), "failed");
    EXPECT_EQ(lab.fake.written.size(), 2u) << "looked for, not sent again";
    EXPECT_EQ(lab.fake.applied, 0);
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ALostRequestThatArrivesAfterARefusalIsExecuted) {
  fake.writes = {Fake::loses_request(), Fake::refuses(Code::denied)};
  auto arrive = [this] { fake.scale("web", 5, fake.written.front().field_manager); };
  fake.gets = {{}, {}, {}, Fake::after(arrive)};  // to plan, after the first write, twice after the second
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "200 executed");
    EXPECT_EQ(lab.fake.written.size(), 2u);
    EXPECT_EQ(lab.fake.replicas("web"), 5);
    co_return Done{};
  });
}

// It failed at once, and then the write came true: found by tests/model/operation_protocol.pml.
TEST_F(ChangeFaults, ALostRequestThatArrivesAfterAGuardsRefusalIsExecuted) {
  fake.writes = {Fake::loses_request()};
  auto guard = [this] { fake.lists["HorizontalPodAutoscaler"] = {autoscaler_of("web")}; };
  auto arrive = [this] { fake.scale("web", 5, fake.written.front().field_manager); };
  fake.writes.front().first = guard;
  fake.gets = {{}, {}, {}, Fake::after(arrive)};  // to plan, after the write, twice once the guard has refused
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "200 executed");
    EXPECT_EQ(lab.state(), "executed");
    EXPECT_EQ(lab.fake.written.size(), 1u) << "looked for, not sent again";
    EXPECT_EQ(lab.fake.replicas("web"), 5);
    co_return Done{};
  });
}

TEST_F(ChangeFaults, AGuardsRefusalAfterALostRequestFailsOnceThatCannotArriveAnyMore) {
  fake.writes = {Fake::loses_request()};
  fake.writes.front().first = [this] { fake.lists["HorizontalPodAutoscaler"] = {autoscaler_of("web")}; };
  run([](Lab& lab) -> async::Task<void> {
    auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(code(co_await lab.scale_web()), "409 conflict");
    EXPECT_GE(std::chrono::steady_clock::now() - began, Lab::kMayStillArrive);
    EXPECT_EQ(lab.state(), "failed");
    EXPECT_EQ(lab.fake.applied, 0);
    co_return Done{};
  });
}

// It failed for good a minute later, though nothing spoke against it any more.
TEST_F(ChangeFaults, ADenialByAnApiServerThatHasJustStartedIsNotTheLastWord) {
  fake.writes = {Fake::loses_request(), Fake::refuses(Code::denied)};
  run([](Lab& lab) -> async::Task<void> {
    auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(code(co_await lab.scale_web()), "200 executed");
    EXPECT_GE(std::chrono::steady_clock::now() - began, Lab::kMayStillArrive) << "looked for first";
    EXPECT_EQ(lab.fake.written.size(), 3u);
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ADenialThatStandsEndsTheTrying) {
  fake.writes = {Fake::loses_request(), Fake::refuses(Code::denied), Fake::refuses(Code::denied)};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "502 cluster_refused");
    EXPECT_EQ(lab.state(), "failed");
    EXPECT_EQ(lab.fake.written.size(), 3u) << "once more, and no more";
    EXPECT_EQ(lab.fake.applied, 0);
    co_return Done{};
  });
}

// What has come to speak against the change while the first request was waited for stops the last try.
TEST_F(ChangeFaults, ADeniedWriteIsJudgedAgainBeforeItsLastTry) {
  fake.writes = {Fake::loses_request(), Fake::refuses(Code::denied)};
  fake.gets = {{}, {}, Fake::after([this] { fake.lists["HorizontalPodAutoscaler"] = {Lab::autoscaler_of("web")}; })};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(code(co_await lab.scale_web()), "409 conflict");
    EXPECT_EQ(lab.fake.written.size(), 2u);
    EXPECT_EQ(lab.fake.replicas("web"), 3);
    co_return Done{};
  });
}

foundation::Error secretive(Code code) { return {code, "patch", "token AKIAIOSFODNN7EXAMPLE is not allowed"}; }

TEST_F(ChangeFaults, WhatTheClusterSaysIsRedacted) {
  fake.dry_runs = {{.first = {}, .refused = secretive(Code::invalid), .lost_answer = {}}};
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web();
    if (!answer) co_return std::unexpected(answer.error());
    EXPECT_FALSE(json::to_text(answer->body).contains("AKIAIOSFODNN7EXAMPLE")) << json::to_text(answer->body);
    EXPECT_TRUE(json::to_text(answer->body).contains("is not allowed"));
    co_return Done{};
  });
}

// The way through which the cluster's own words went out as they were.
TEST_F(ChangeFaults, WhatTheClusterSaysOfAnUnknownOutcomeIsRedacted) {
  fake.writes = {Fake::loses_request(), {.first = {}, .refused = secretive(Code::denied), .lost_answer = {}}};
  fake.gets = {{}, {}, Fake::after([this] { fake.scale("web", 9); })};
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web();
    EXPECT_EQ(code(answer), "504 outcome_unknown");
    if (!answer) co_return std::unexpected(answer.error());
    EXPECT_FALSE(json::to_text(answer->body).contains("AKIAIOSFODNN7EXAMPLE")) << json::to_text(answer->body);
    EXPECT_TRUE(json::to_text(answer->body).contains("is not allowed"));
    EXPECT_EQ(answer->body.at("operation_id"), json::Value(lab.stored().id)) << "what to look for";
    co_return Done{};
  });
}

TEST_F(ChangeFaults, AReasonIsNoLongerThanTheContractAllows) {
  foundation::Error wordy{Code::invalid, "patch", ""};
  while (wordy.cause.size() < 990) wordy.cause += "\u00e9";
  fake.dry_runs = {{.first = {}, .refused = wordy, .lost_answer = {}}};
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web();
    EXPECT_EQ(code(answer), "502 cluster_refused");
    if (!answer) co_return std::unexpected(answer.error());
    std::string said(json::View(answer->body.if_contains("reason"))["text"].text());
    EXPECT_LE(said.size(), kMaxReasonBytes + 3);
    EXPECT_TRUE(said.ends_with("..."));
    EXPECT_TRUE(foundation::is_utf8(said));
    co_return Done{};
  });
}

TEST_F(ChangeFaults, TwoOfTheSameCallAtOnceAreOneChange) {
  fake.hold_writes = true;
  run([](Lab& lab) -> async::Task<void> {
    Lab::Call one, two;
    lab.begin(one, lab.scale_web());
    lab.begin(two, lab.scale_web());
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.fake.written.size() == 1; }));
    lab.fake.hold_writes = false;
    EXPECT_TRUE(co_await lab.becomes([&] { return one.ended() && two.ended(); }));
    if (!one.answer || !two.answer || !*one.answer || !*two.answer) co_return foundation::fail(Code::internal, "call");
    EXPECT_EQ(code(*one.answer), "200 executed");
    EXPECT_EQ((*one.answer)->body, (*two.answer)->body);
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ACallCancelledBeforeItsIntentChangesNothing) {
  run([](Lab& lab) -> async::Task<void> {
    Lab::Call call;
    lab.fake.dry_runs = {Fake::after([&] { call.cancel.emit(async::asio::cancellation_type::terminal); })};
    lab.begin(call, lab.scale_web());
    EXPECT_TRUE(co_await lab.becomes([&] { return call.ended(); }));
    EXPECT_FALSE(call.answer && *call.answer);
    EXPECT_TRUE(lab.fake.written.empty());
    EXPECT_TRUE(lab.audited().empty());
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ACallCancelledAfterItsIntentIsCompletedAndAudited) {
  fake.hold_writes = true;
  run([](Lab& lab) -> async::Task<void> {
    Lab::Call call;
    lab.begin(call, lab.scale_web());
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.fake.written.size() == 1; }));
    call.cancel.emit(async::asio::cancellation_type::terminal);
    EXPECT_TRUE(co_await lab.becomes([&] { return call.ended(); }));
    EXPECT_EQ(lab.state(), "intended");
    lab.fake.hold_writes = false;
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.state() == "executed"; }));
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

// The narrowest moment: the intent's transaction is under way while its caller goes.
TEST_F(ChangeFaults, ACallCancelledDuringItsIntentIsCompletedAllTheSame) {
  run([](Lab& lab) -> async::Task<void> {
    Lab::Call call;
    std::promise<void> go_on;
    auto block = [&lab, wait = go_on.get_future().share()] {
      async::asio::co_spawn(lab.on(),
                            lab.database->write(foundation::database::Durability::normal,
                                                [wait](Session&) -> foundation::Done {
                                                  wait.wait();
                                                  return foundation::Done{};
                                                }),
                            [](std::exception_ptr, foundation::Done) {});  // the lab's database outlives it
    };
    lab.fake.dry_runs = {Fake::after(block)};
    lab.begin(call, lab.scale_web());
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.fake.rehearsed.size() == 1; }));
    call.cancel.emit(async::asio::cancellation_type::terminal);
    go_on.set_value();
    EXPECT_TRUE(co_await lab.becomes([&] { return call.ended() && lab.state() == "executed"; }));
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

TEST_F(ChangeFaults, ACompletionThatCannotBeStoredIsTriedUntilItIs) {
  sql("CREATE TRIGGER full BEFORE UPDATE ON operations WHEN NEW.state <> 'intended'"
      " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
  run([](Lab& lab) -> async::Task<void> {
    auto late = co_await lab.submit("erin", Lab::body("call-1", Lab::scale_to(5)), 1s);
    EXPECT_EQ(code(late), "504 outcome_unknown") << "the caller is told before its own deadline";
    EXPECT_EQ(lab.audited(), Lines{"operation.intent"}) << "the audit says nothing that is not stored";
    lab.sql("DROP TRIGGER full");
    EXPECT_EQ(code(co_await lab.scale_web()), "200 executed");
    EXPECT_EQ(lab.fake.written.size(), 1u);
    EXPECT_EQ(lab.audited().at(1), "operation.outcome executed");
    co_return Done{};
  });
}

TEST_F(ChangeFaults, AnIntentThatCannotBeStoredIsNotCarriedOut) {
  sql("CREATE TRIGGER full BEFORE INSERT ON operations BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_FALSE(co_await lab.scale_web());
    EXPECT_TRUE(lab.fake.written.empty());
    EXPECT_TRUE(lab.audited().empty());
    co_return Done{};
  });
}

}  // namespace
}  // namespace api::change
