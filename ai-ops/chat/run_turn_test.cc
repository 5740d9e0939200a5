// A whole turn over the control plane's fake: what is asked of it, and which events come out.
#include "ai-ops/chat/run_turn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "ai-ops/chat/turn_lab.h"
#include "foundation/json/view.h"

namespace ai_ops::chat {
namespace {

using control_plane::FakeControlPlane;
using foundation::Code;
using foundation::Done;
using foundation::Milliseconds;
using foundation::Result;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;

class RunTurn : public TurnLab {
 protected:
  Done run(std::string message, std::vector<reader::OperationWanted> commands = {}, Milliseconds time = 20s) {
    Done out = foundation::fail(Code::internal, "did not end");
    start(std::move(message), std::move(commands), time, out);
    io_.run_for(60s);
    return out;
  }
  void start(std::string message, std::vector<reader::OperationWanted> commands, Milliseconds time, Done& out) {
    TurnLab::start({.message = std::move(message), .commands = std::move(commands), .budget = {}}, time, out);
  }
};

reader::OperationWanted scale_web(int replicas) {
  return {"scale", {{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}, {"replicas", replicas}}};
}

TEST_F(RunTurn, ACommandIsRequestedOnceWithExactlyItsArguments) {
  fake_.reply_to_operation(200, json::parse_strict(R"({"state":"executed"})").value());
  ASSERT_TRUE(run("scale web to 5", {scale_web(5)}));
  ASSERT_EQ(fake_.operations().size(), 1u);
  EXPECT_EQ(fake_.operations()[0].operation, "scale");
  EXPECT_EQ(fake_.operations()[0].call_id, "o1");
  EXPECT_EQ(json::Value(fake_.operations()[0].arguments), json::Value(scale_web(5).arguments));
  EXPECT_THAT(recorder_.names(), ElementsAre("agent", "delta", "usage"));
  EXPECT_THAT(recorder_.answer(), HasSubstr("web"));
}

TEST_F(RunTurn, EventsCarryTheirNumberTurnAndTimeAndTheContractsMembers) {
  fake_.reply_to_operation(200, json::parse_strict(R"({"state":"executed"})").value());
  ASSERT_TRUE(run("scale web to 5", {scale_web(5)}));
  std::int64_t seq = 0;
  for (const Event& event : recorder_.events) {
    EXPECT_EQ(event.seq, ++seq);
    EXPECT_EQ(json::View(event.data.if_contains("seq")).integer_or(0), seq);
    EXPECT_EQ(json::View(event.data.if_contains("turn_id")).text(), kTurn);
    EXPECT_EQ(json::View(event.data.if_contains("at")).text(), "2026-01-02T03:04:05.006Z");
  }
  const json::Object& usage = recorder_.events.back().data;
  EXPECT_EQ(usage.size(), 7u);
  EXPECT_TRUE(usage.at("model").is_null());
  EXPECT_EQ(json::View(usage.if_contains("input_tokens")).integer_or(-1), 0);
  EXPECT_EQ(json::View(usage.if_contains("output_tokens")).integer_or(-1), 0);
  EXPECT_GE(json::View(usage.if_contains("duration_ms")).integer_or(-1), 0);
}

TEST_F(RunTurn, ARefusalIsToldInTheControlPlanesWords) {
  fake_.reply_to_operation(
      403, json::parse_strict(R"({"status":403,"detail":"You may not scale workloads in project shop."})").value());
  ASSERT_TRUE(run("scale web to 5", {scale_web(5)}));
  EXPECT_THAT(recorder_.answer(), HasSubstr("You may not scale workloads in project shop."));
  EXPECT_THAT(recorder_.answer(), HasSubstr("Nothing was changed."));
}

TEST_F(RunTurn, AnOperationThatGotNoAnswerIsNotCalledUndone) {
  fake_.lose_next_operation({Code::io, "request scale", "the connection to the control plane broke"});
  ASSERT_TRUE(run("scale web to 5", {scale_web(5)}));
  EXPECT_THAT(recorder_.answer(), HasSubstr("not known"));
  EXPECT_THAT(recorder_.answer(), testing::Not(HasSubstr("Nothing was changed")));
}

TEST_F(RunTurn, AnOperationThatNeverLeftHasChangedNothing) {
  fake_.lose_next_operation({Code::unavailable, "request scale", "the control plane cannot be reached"});
  ASSERT_TRUE(run("scale web to 5", {scale_web(5)}));
  EXPECT_THAT(recorder_.answer(), HasSubstr("cannot be reached"));
  EXPECT_THAT(recorder_.answer(), HasSubstr("Nothing was changed"));
}

constexpr const char* kCheckout =
    R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"checkout","namespace":"shop","uid":"d1",
        "resourceVersion":"1"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"checkout"}},
        "template":{"metadata":{"labels":{"app":"checkout"}},"spec":{"containers":[{"name":"app"}]}}},
        "status":{"replicas":1,"readyReplicas":0}})";
constexpr const char* kCheckoutPod =
    R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"checkout-7d9f","namespace":"shop","uid":"p1",
        "resourceVersion":"1","labels":{"app":"checkout"},
        "ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"checkout","uid":"d1","controller":true}]},
        "spec":{"containers":[{"name":"app"}]},
        "status":{"phase":"Running","containerStatuses":[{"name":"app","ready":false,"restartCount":6,
          "state":{"waiting":{"reason":"CrashLoopBackOff"}},
          "lastState":{"terminated":{"exitCode":1,"reason":"Error","finishedAt":"2026-01-02T03:03:40Z"}}}]}})";

TEST_F(RunTurn, FindingsAreShownBeforeTheAnswerAndTheLogsThatTheyNeedAreRead) {
  add(kCheckout);
  add(kCheckoutPod);
  fake_.set_logs("checkout-7d9f", true, {"starting", "panic: DATABASE_URL is not set"});
  ASSERT_TRUE(run("why is checkout failing?"));
  EXPECT_GE(fake_.log_reads(), 1u);
  auto names = recorder_.names();
  auto finding = std::ranges::find(names, "finding"), delta = std::ranges::find(names, "delta");
  ASSERT_NE(finding, names.end());
  ASSERT_NE(delta, names.end());
  EXPECT_LT(finding, delta);
  EXPECT_EQ(names.front(), "agent");
  EXPECT_EQ(names.back(), "usage");
  const json::Object& first = recorder_.events[static_cast<std::size_t>(finding - names.begin())].data;
  for (const char* member : {"id", "severity", "object", "title", "evidence", "causes", "fault", "check", "operation"})
    EXPECT_TRUE(first.contains(member)) << member;
  EXPECT_EQ(first.size(), 12u);
}

TEST_F(RunTurn, AReadIsTwoToolEventsWithOneId) {
  add(kCheckout);
  add(kCheckoutPod);
  fake_.set_logs("checkout-7d9f", true, {"starting"});
  ASSERT_TRUE(run("why is checkout failing?"));
  std::vector<json::Object> tools;
  for (const Event& event : recorder_.events)
    if (event.name == "tool") tools.push_back(event.data);
  ASSERT_GE(tools.size(), 2u);
  EXPECT_EQ(tools[0].at("id"), tools[1].at("id"));
  EXPECT_EQ(json::View(tools[0].if_contains("name")).text(), "get_logs");
  EXPECT_EQ(json::View(tools[0].if_contains("state")).text(), "started");
  EXPECT_EQ(json::View(tools[0].if_contains("arguments"))["pod"].text(), "checkout-7d9f");
  EXPECT_FALSE(tools[0].contains("duration_ms"));
  EXPECT_EQ(json::View(tools[1].if_contains("state")).text(), "finished");
  EXPECT_TRUE(tools[1].contains("duration_ms"));
  EXPECT_FALSE(tools[1].contains("arguments"));
  EXPECT_EQ(json::View(tools[1].if_contains("summary")).text(), "1 line");
}

TEST_F(RunTurn, ASnapshotThatCannotBeReadIsSaidPlainlyAndOnlyItsCauseIsTold) {
  fake_.refuse_snapshot({Code::denied, "read the workspace: ask 10.0.0.1:8443", "You may not read this workspace."});
  ASSERT_TRUE(run("what is wrong?"));
  EXPECT_THAT(recorder_.answer(), HasSubstr("You may not read this workspace."));
  EXPECT_THAT(recorder_.answer(), testing::Not(HasSubstr("10.0.0.1")));
  EXPECT_EQ(recorder_.names().back(), "usage");
}

TEST_F(RunTurn, AReadThatTakesTooLongEndsAtFourFifthsOfTheTimeSoThatAnAnswerStillFits) {
  fake_.be_silent();
  auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(run("what is wrong?", {}, 500ms));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 500ms);
  EXPECT_THAT(recorder_.answer(), HasSubstr("too long"));
  EXPECT_EQ(recorder_.names().back(), "usage");
}

TEST_F(RunTurn, WithoutTimeNoOperationIsAskedFor) {
  ASSERT_TRUE(run("scale web to 5", {scale_web(5)}, 0ms));
  EXPECT_TRUE(fake_.operations().empty());
  EXPECT_THAT(recorder_.answer(), HasSubstr("no time left"));
  EXPECT_THAT(recorder_.answer(), HasSubstr("Nothing was changed"));
}

TEST_F(RunTurn, ATurnThatIsStuckEndsAtItsDeadlineWithTheErrorEvent) {
  fake_.be_stuck();
  ASSERT_TRUE(run("scale web to 5", {scale_web(5)}, 100ms));
  EXPECT_THAT(recorder_.names(), ElementsAre("agent", "error"));
  const json::Object& error = recorder_.events.back().data;
  EXPECT_EQ(json::View(error.if_contains("code")).text(), "deadline");
  EXPECT_EQ(json::View(error.if_contains("request_id")).text(), "req-1");
  EXPECT_FALSE(json::View(error.if_contains("text")).text().empty());
  EXPECT_EQ(error.size(), 6u);
  EXPECT_EQ(fake_.waiting(), 0);
}

TEST_F(RunTurn, AReaderThatStallsInAnEventIsCutWithoutAnother) {
  recorder_.stalled = true;
  auto done = run("what is wrong?", {}, 100ms);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::deadline);
  EXPECT_EQ(recorder_.begun, 1);
}

TEST_F(RunTurn, WhenTheClientHangsUpNothingIsLeft) {
  fake_.be_silent();
  Done out;
  start("what is wrong?", {}, 1h, out);
  while (fake_.waiting() == 0) io_.run_one();
  EXPECT_EQ(live_.value(), 1);
  hang_up_.emit(async::asio::cancellation_type::terminal);
  io_.run_for(10s);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, Code::cancelled);
  EXPECT_EQ(fake_.waiting(), 0);
  EXPECT_EQ(live_.value(), 0);
}

TEST_F(RunTurn, WhatIsRememberedIsWhatWasSaidAndDone) {
  fake_.reply_to_operation(
      200, json::parse_strict(R"({"state":"executed","before":{"replicas":3},"undoable":true})").value());
  ASSERT_TRUE(run("scale web to 5", {scale_web(5)}));
  conversations::Entry entry = entry_of(remembered_);
  EXPECT_EQ(entry.turn, kTurn);
  EXPECT_EQ(entry.message, "scale web to 5");
  EXPECT_EQ(entry.answer, recorder_.answer());
  EXPECT_EQ(entry.intent, reader::Intent::operate);
  ASSERT_EQ(entry.subjects.size(), 1u);
  EXPECT_EQ(entry.subjects[0].text(), "Deployment/web");
  ASSERT_EQ(entry.done.size(), 1u);
  EXPECT_EQ(entry.done[0].arguments, scale_web(5).arguments);
  EXPECT_EQ(entry.done[0].before, (json::Object{{"replicas", 3}}));
  EXPECT_TRUE(entry.done[0].undoable);
  EXPECT_EQ(entry.done[0].became, reader::Became::executed);
}

TEST_F(RunTurn, WhatIsRememberedNamesEveryObjectOfTheAnswer) {
  add(kCheckout);
  add(kCheckoutPod);
  ASSERT_TRUE(run("why is checkout failing?"));
  conversations::Entry entry = entry_of(remembered_);
  EXPECT_EQ(entry.subjects.size(), 1u);
  std::vector<std::string> named;
  for (const auto& ref : entry.mentioned) named.push_back(ref.text());
  EXPECT_THAT(named, testing::Contains("Deployment/checkout"));
  EXPECT_EQ(std::set(named.begin(), named.end()).size(), named.size()) << "each once";
}

// The client hung up when the change had been made: "undo that" must not mean the one before.
TEST_F(RunTurn, AnOperationThatWasMadeIsRememberedThoughNobodyHearsOfIt) {
  fake_.reply_to_operation(200, json::parse_strict(R"({"state":"executed","undoable":true})").value());
  recorder_.gone_after = 1;
  ASSERT_FALSE(run("scale web to 5", {scale_web(5)}));
  EXPECT_EQ(entry_of(remembered_).done.size(), 1u);
}

TEST_F(RunTurn, AReaderThatHasGoneEndsTheTurn) {
  recorder_.gone = true;
  auto done = run("scale web to 5", {scale_web(5)});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::io);
  EXPECT_TRUE(fake_.operations().empty()) << "what cannot be told is not begun";
  EXPECT_EQ(live_.value(), 0);
}

}  // namespace
}  // namespace ai_ops::chat
