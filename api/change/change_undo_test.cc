// Taking back what was done: the same way as every change, by whoever may, while the object is as the operation left
// it.
#include "api/change/change_lab.h"
#include "api/change/replies.h"

namespace api::change {
namespace {

using tenancy::Role;

// erin's command has scaled web from 3 to 5.
struct UndoTest : ApprovalLab {
  UndoTest() : ApprovalLab({5, 0}) {}
};

async::Task<std::string> scaled(Lab& lab) {
  auto answer = co_await lab.scale_web();
  EXPECT_EQ(Lab::said(answer), "200 executed");
  EXPECT_TRUE(co_await lab.becomes([&] { return lab.audited().size() == 3; }));
  co_return lab.stored().id;
}

std::string id_in(const Result<Answer>& answer) {
  const auto* id = answer ? answer->body.if_contains("operation_id") : nullptr;
  return std::string(json::View(id).text());
}

TEST_F(UndoTest, TakesAScaleBack) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    auto answer = co_await lab.undo("erin", *id);
    EXPECT_EQ(Lab::said(answer), "200 executed");
    if (!answer) co_return std::unexpected(answer.error());
    EXPECT_EQ(answer->body.at("before"), (json::Value{{"replicas", 5}}));
    EXPECT_EQ(answer->body.at("after"), (json::Value{{"replicas", 3}}));
    EXPECT_EQ(answer->body.at("undoable"), json::Value(true));
    EXPECT_EQ(lab.fake.replicas("web"), 3);

    auto row = lab.operation(id_in(answer));
    EXPECT_EQ(row.undoes, *id);
    EXPECT_EQ(row.arguments, Lab::scale_to(3));
    EXPECT_NE(row.turn, "turn-erin");
    EXPECT_EQ(record_json(row).at("undoes"), json::Value(*id));
    EXPECT_EQ(lab.operation(*id).state, "executed") << "what was done stays done in the record";
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.audited().size() == 6; }));
    EXPECT_EQ(lab.audited(), (Lines{"operation.intent", "operation.outcome executed", "operation.settled settled",
                                    "operation.intent", "operation.outcome executed", "operation.settled settled"}));
    json::Value entry = lab.audit_entries().at(2);
    json::View intent(entry);
    EXPECT_EQ(intent["subject"].text(), "erin");
    EXPECT_TRUE(intent["actor"].is_null()) << "no advisor spoke for them";
    EXPECT_EQ(intent["operation_id"].text(), row.id);
    EXPECT_EQ(intent["decision"]["code"].text(), "approved");
    co_return Done{};
  });
}

TEST_F(UndoTest, IsWrittenLikeEveryChange) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    auto version = std::string(lab.fake.view("web").resource_version());
    auto answer = co_await lab.undo("ada", *id);
    EXPECT_EQ(Lab::said(answer), "200 executed") << "by another person than the one who did it";
    EXPECT_EQ(lab.fake.rehearsed.size(), 2u);
    EXPECT_EQ(lab.fake.written.size(), 2u);
    if (lab.fake.written.size() != 2) co_return Done{};
    EXPECT_EQ(lab.fake.written[1].resource_version, version);
    EXPECT_EQ(lab.fake.written[1].field_manager, "hks-" + id_in(answer));
    co_return Done{};
  });
}

TEST_F(UndoTest, OnlyWhatIsAsItWasLeft) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    lab.fake.touch_status("web");
    lab.fake.scale("web", 7);
    auto answer = co_await lab.undo("erin", *id);
    EXPECT_EQ(Lab::said(answer), "409 conflict");
    if (answer)
      EXPECT_EQ(answer->body.at("detail"),
                json::Value("Deployment/web is no longer as this operation left it, so it cannot be taken back. "
                            "Nothing was changed; look at it."));
    EXPECT_EQ(lab.fake.replicas("web"), 7);
    EXPECT_EQ(lab.fake.written.size(), 1u);
    EXPECT_EQ(lab.audited().back(), "operation.decision refused") << "that somebody tried is known";
    lab.fake.scale("web", 5);
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", *id)), "200 executed");
    co_return Done{};
  });
}

TEST_F(UndoTest, ARecreatedObjectIsAnother) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    lab.fake.recreate("web", 5);
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", *id)), "409 conflict");
    EXPECT_EQ(lab.fake.replicas("web"), 5);
    co_return Done{};
  });
}

// It was a 404, as if there were no such operation.
TEST_F(UndoTest, AnObjectThatIsGoneIsNotAsItWasLeft) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    lab.fake.remove("web");
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", *id)), "409 conflict");
    co_return Done{};
  });
}

TEST_F(UndoTest, AStatusUpdateIsNoObstacle) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    lab.fake.touch_status("web");
    lab.fake.dry_runs = {Fake::after([&] { lab.fake.touch_status("web"); })};
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", *id)), "200 executed");
    co_return Done{};
  });
}

TEST_F(UndoTest, AnotherWriterUnderTheRehearsalStopsIt) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    lab.fake.dry_runs = {Fake::after([&] { lab.fake.scale("web", 6); })};
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", *id)), "409 conflict");
    EXPECT_EQ(lab.fake.replicas("web"), 6);
    EXPECT_EQ(lab.fake.written.size(), 1u);
    co_return Done{};
  });
}

TEST_F(UndoTest, TwiceTakesBackOnce) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", *id)), "200 executed");
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", *id)), "409 conflict");
    EXPECT_EQ(lab.fake.replicas("web"), 3);
    EXPECT_EQ(lab.fake.applied, 2);
    co_return Done{};
  });
}

TEST_F(UndoTest, TwiceAtOnceTakesBackOnce) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    Lab::Call one, two;
    lab.begin(one, lab.undo("erin", *id));
    lab.begin(two, lab.undo("ada", *id));
    EXPECT_TRUE(co_await lab.becomes([&] { return one.ended() && two.ended(); }));
    if (!one.answer || !two.answer) co_return foundation::fail(Code::internal, "call");
    Lines seen{Lab::said(*one.answer), Lab::said(*two.answer)};
    std::ranges::sort(seen);
    EXPECT_EQ(seen, (Lines{"200 executed", "409 conflict"}));
    EXPECT_EQ(lab.fake.applied, 2);
    EXPECT_EQ(lab.fake.replicas("web"), 3);
    co_return Done{};
  });
}

TEST_F(UndoTest, OfAnUndoIsTheFirstAgain) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    auto back = co_await lab.undo("erin", *id);
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", id_in(back))), "200 executed");
    EXPECT_EQ(lab.fake.replicas("web"), 5);
    co_return Done{};
  });
}

TEST_F(UndoTest, AViewerTakesNothingBack) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    EXPECT_EQ(Lab::said(co_await lab.undo("vic", *id)), "403 denied missing_permission");
    EXPECT_EQ(lab.fake.replicas("web"), 5);
    EXPECT_EQ(lab.audited().back(), "operation.decision refused");
    co_return Done{};
  });
}

TEST_F(UndoTest, WhoMayNotSeeItFindsNone) {
  add_person("sam", std::nullopt);
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    EXPECT_EQ(Lab::said(co_await lab.undo("nora", *id)), "error not_found");
    EXPECT_EQ(Lab::said(co_await lab.undo("sam", *id)), "error not_found");
    EXPECT_EQ(Lab::said(co_await lab.undo("ada", *id, "no-such")), "error not_found");
    EXPECT_EQ(Lab::said(co_await lab.undo("ada", "no-such")), "error not_found");
    EXPECT_EQ(lab.audited().size(), 3u);
    co_return Done{};
  });
}

TEST_F(UndoTest, RightsAreThoseOfTheMoment) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    lab.fake.dry_runs = {Fake::after([&] { lab.end_sessions_of("ada"); })};
    EXPECT_EQ(Lab::said(co_await lab.undo("ada", *id)), "error unauthenticated");
    lab.fake.dry_runs = {Fake::after([&] {
      lab.revoke_all_of("erin");
      lab.grant("erin", Role::viewer);
    })};
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", *id)), "403 denied missing_permission");
    EXPECT_EQ(lab.fake.replicas("web"), 5);
    EXPECT_EQ(lab.fake.written.size(), 1u);
    co_return Done{};
  });
}

// 0 -> 3 taken back is 3 -> 0.
TEST_F(UndoTest, OfHighRiskIsProposedToAnotherPerson) {
  fake.scale("web", 0);
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    auto waiting = co_await lab.undo("erin", *id);
    EXPECT_EQ(Lab::said(waiting), "202 other_person_needed");
    EXPECT_EQ(lab.fake.replicas("web"), 5);
    EXPECT_EQ(lab.audited().back(), "approval.opened");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("erin", waiting))), "403 denied other_person_needed");
    auto answer = co_await lab.approve(lab.given("ada", waiting));
    EXPECT_EQ(Lab::said(answer), "200 executed");
    EXPECT_EQ(lab.fake.replicas("web"), 0);
    EXPECT_EQ(lab.operation(id_in(answer)).undoes, *id);
    co_return Done{};
  });
}

TEST_F(UndoTest, AProposedUndoIsVoidOnceTheObjectIsOtherwise) {
  fake.scale("web", 0);
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    auto waiting = co_await lab.undo("erin", *id);
    lab.fake.scale("web", 6);
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "409 approval_void changed");
    EXPECT_EQ(lab.fake.replicas("web"), 6);
    co_return Done{};
  });
}

TEST_F(UndoTest, OfHighRiskRunsWhereThePolicyTrustsOne) {
  fake.scale("web", 0);
  tenancy::WorkspacePolicy lenient;
  lenient.high = tenancy::ApprovalRule::approve;
  set_policy(lenient);
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", *id)), "200 executed");
    EXPECT_EQ(lab.fake.replicas("web"), 0);
    co_return Done{};
  });
}

TEST_F(UndoTest, ARestartCannotBeTakenBack) {
  run([](Lab& lab) -> async::Task<void> {
    json::Object target = Lab::scale_to(0);
    target.erase("replicas");
    async::Context ctx{.request_id = "test", .log = {}};
    auto waiting = co_await lab.change->submit(ctx, {Lab::claims("erin"), "restart", Lab::body("wish-1", target)});
    auto done = co_await lab.approve(lab.given("erin", waiting));
    EXPECT_EQ(Lab::said(done), "200 executed");
    auto answer = co_await lab.undo("erin", id_in(done));
    EXPECT_EQ(Lab::said(answer), "409 conflict");
    if (answer) EXPECT_EQ(answer->body.at("detail"), json::Value("A restart cannot be taken back."));
    co_return Done{};
  });
}

TEST_F(UndoTest, WhatDidNotRunCannotBeTakenBack) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", lab.stored("erin", "wish-1").id)), "409 conflict") << "proposed";
    (void)co_await lab.reject(lab.given("erin", waiting));
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", lab.stored("erin", "wish-1").id)), "409 conflict") << "refused";
    lab.fake.scale("web", 5);
    EXPECT_EQ(Lab::said(co_await lab.scale_web()), "200 already_so");
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", lab.stored().id)), "409 conflict") << "already so";
    EXPECT_TRUE(lab.fake.written.empty());
    co_return Done{};
  });
}

// It claimed that such an operation had changed nothing.
TEST_F(UndoTest, OfAnUnknownOutcomeNothingIsClaimed) {
  fake.writes = {Fake::loses_answer()};
  fake.gets = {{}, Fake::after([this] { fake.scale("web", 9); })};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(Lab::said(co_await lab.scale_web()), "504 outcome_unknown outcome_unknown");
    auto answer = co_await lab.undo("erin", lab.stored().id);
    EXPECT_EQ(Lab::said(answer), "409 conflict");
    if (answer)
      EXPECT_EQ(answer->body.at("detail"),
                json::Value("Only what was executed can be taken back; the state of this operation is unknown."));
    co_return Done{};
  });
}

TEST_F(UndoTest, GuardsAreAsked) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    lab.fake.spec("web")["paused"] = true;
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", *id)), "422 guard_refused rollout_paused");
    EXPECT_EQ(lab.fake.replicas("web"), 5);
    co_return Done{};
  });
}

TEST_F(UndoTest, ALostAnswerActsOnce) {
  run([](Lab& lab) -> async::Task<void> {
    auto id = co_await scaled(lab);
    lab.fake.writes = {Fake::loses_answer()};
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", *id)), "200 executed");
    EXPECT_EQ(lab.fake.applied, 2);
    EXPECT_EQ(lab.fake.replicas("web"), 3);
    co_return Done{};
  });
}

}  // namespace
}  // namespace api::change
