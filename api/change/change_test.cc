// A submission from the advisor's request to its answer, on a cluster that does as it is told.
#include "api/change/change.h"

#include "api/change/change_lab.h"
#include "api/change/submission.h"

namespace api::change {
namespace {

struct ChangeTest : ChangeLab {};

std::string text(const Answer& answer, std::string_view member) {
  const auto* value = answer.body.if_contains(member);
  return std::string(json::View(value).text());
}
std::string code(const Answer& answer) { return std::to_string(answer.status) + " " + text(answer, "code"); }

TEST_F(ChangeTest, ACommandRunsAndIsAuditedBeforeAndAfterItsEffect) {
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    Lines at_the_write;
    lab.fake.writes = {Fake::after([&] { at_the_write = lab.audited(); })};
    auto answer = co_await lab.scale_web();
    if (!answer) co_return std::unexpected(answer.error());
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(at_the_write, Lines{"operation.intent"}) << "the intent is durable before the effect";
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.audited().size() == 3; }));
    EXPECT_EQ(lab.audited(), (Lines{"operation.intent", "operation.outcome executed", "operation.settled settled"}));
    EXPECT_EQ(lab.fake.replicas("web"), 5);
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

TEST_F(ChangeTest, TheAnswerSaysWhatWasDone) {
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web();
    if (!answer) co_return std::unexpected(answer.error());
    auto row = lab.stored();
    EXPECT_EQ(
        answer->body,
        (json::Object{{"operation_id", row.id},
                      {"state", "executed"},
                      {"op_hash", row.op_hash},
                      {"target", {{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}, {"uid", "uid-web"}}},
                      {"before", {{"replicas", 3}}},
                      {"after", {{"replicas", 5}}},
                      {"undoable", true},
                      {"audit_seq", 3}}));
    EXPECT_EQ(row.state, "executed");
    EXPECT_EQ(row.answer->body, answer->body) << "what is stored is what was said";
    co_return Done{};
  });
}

TEST_F(ChangeTest, TheWriteIsOfTheObjectThatWasReadUnderTheOperationsName) {
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    auto version = std::string(lab.fake.view("web").resource_version());
    (void)co_await lab.scale_web();
    EXPECT_EQ(lab.fake.rehearsed.size(), 1u);
    EXPECT_EQ(lab.fake.written.size(), 1u);
    if (lab.fake.written.size() != 1) co_return Done{};
    EXPECT_EQ(lab.fake.written[0].resource_version, version);
    EXPECT_EQ(lab.fake.written[0].field_manager, "hks-" + lab.stored().id);
    EXPECT_EQ(lab.fake.rehearsed[0].resource_version, version);
    co_return Done{};
  });
}

TEST_F(ChangeTest, IntentAndOutcomeNameTheSameOperation) {
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await lab.scale_web();
    auto row = lab.stored();
    auto entries = lab.audit_entries();
    for (const auto& entry : entries) {
      json::View view(entry);
      EXPECT_EQ(view["op_hash"].text(), row.op_hash);
      EXPECT_EQ(view["operation_id"].text(), row.id);
      EXPECT_EQ(view["subject"].text(), "erin");
      EXPECT_EQ(view["actor"].text(), "spiffe://hks/ai-ops");
    }
    json::View intent(entries.back());
    EXPECT_EQ(intent["decision"]["effect"].text(), "allow");
    EXPECT_EQ(intent["decision"]["rule"].text(), "command");
    EXPECT_TRUE(intent["token_digest"].text().starts_with("sha256:")) << "never the jti itself";
    EXPECT_EQ(intent["before"]["value"]["replicas"].integer_or(-1), 3);
    co_return Done{};
  });
}

TEST_F(ChangeTest, TheUsersStreamIsTold) {
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    turns::Outbox outbox(lab.on());
    turns::OpenTurns::Place place(lab.open_turns, "turn-erin", outbox);
    auto answer = co_await lab.scale_web();
    if (!answer) co_return std::unexpected(answer.error());
    auto events = co_await Lab::told(outbox);
    EXPECT_EQ(events ? events->size() : 0, 1u) << "one event, not two";
    if (!events || events->empty()) co_return Done{};
    auto& event = events->front();
    EXPECT_EQ(event.name, "operation");
    EXPECT_TRUE(json::is_subset(answer->body, event.data));
    EXPECT_EQ(event.data["operation"], "scale");
    EXPECT_EQ(event.data["arguments"], json::Value(Lab::scale_to(5)));
    EXPECT_EQ(place.record().outcome(), turns::Outcome::executed);
    co_return Done{};
  });
}

TEST_F(ChangeTest, WhatIsAlreadySoIsNotWritten) {
  fake.scale("web", 5);
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web();
    if (!answer) co_return std::unexpected(answer.error());
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(text(*answer, "state"), "already_so");
    EXPECT_FALSE(answer->body.at("undoable").as_bool());
    EXPECT_TRUE(lab.fake.written.empty() && lab.fake.rehearsed.empty());
    EXPECT_EQ(lab.audited(), Lines{"operation.outcome already_so"});
    co_return Done{};
  });
}

TEST_F(ChangeTest, AViewerIsDeniedWithTheReasonAndWhoCould) {
  open_turn("vic");
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.submit("vic", Lab::body("call-1", Lab::scale_to(5)));
    if (!answer) co_return std::unexpected(answer.error());
    EXPECT_EQ(code(*answer), "403 denied");
    json::Value reason = answer->body.at("reason");
    EXPECT_EQ(json::View(reason)["code"].text(), "missing_permission");
    EXPECT_NE(json::View(reason)["text"].text().find("Who can: erin."), std::string::npos);
    EXPECT_EQ(lab.audited(), Lines{"operation.decision refused"});
    EXPECT_TRUE(lab.fake.written.empty() && lab.fake.rehearsed.empty());
    co_return Done{};
  });
}

// 404 and 403 look the same to someone who may not know that a thing exists.
TEST_F(ChangeTest, AProjectWithoutARoleLooksLikeOneThatIsNot) {
  open_turn("nora");
  run([](Lab& lab) -> async::Task<void> {
    auto there = co_await lab.submit("nora", Lab::body("call-1", Lab::scale_to(5, "web", "shop")));
    auto no_object = co_await lab.submit("nora", Lab::body("call-2", Lab::scale_to(5, "ghost", "shop")));
    auto no_project = co_await lab.submit("nora", Lab::body("call-3", Lab::scale_to(5, "web", "shap")));
    if (!there || !no_object || !no_project) co_return foundation::fail(Code::internal, "submit");
    EXPECT_EQ(code(*there), "404 not_found");
    EXPECT_EQ(there->body, no_object->body);
    std::string said = text(*no_project, "detail");
    said.replace(said.find("shap"), 4, "shop");
    EXPECT_EQ(text(*there, "detail"), said);
    EXPECT_EQ(lab.audited(), Lines(3, "operation.decision refused"));
    co_return Done{};
  });
}

TEST_F(ChangeTest, WithoutAnyRoleWhatExistsLooksLikeWhatDoesNot) {
  open_turn("erin");
  revoke_all_of("erin");
  run([](Lab& lab) -> async::Task<void> {
    auto there = co_await lab.submit("erin", Lab::body("call-1", Lab::scale_to(5, "web", "shop")));
    auto no_object = co_await lab.submit("erin", Lab::body("call-2", Lab::scale_to(5, "ghost", "shop")));
    auto no_project = co_await lab.submit("erin", Lab::body("call-3", Lab::scale_to(5, "web", "shap")));
    if (!there || !no_object || !no_project) co_return foundation::fail(Code::internal, "submit");
    EXPECT_EQ(code(*there), "403 denied");
    EXPECT_EQ(there->body, no_object->body);
    EXPECT_EQ(there->body, no_project->body);
    co_return Done{};
  });
}

TEST_F(ChangeTest, WhatWasNotCommandedWaitsAndIsAudited) {
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web(6);
    if (!answer) co_return std::unexpected(answer.error());
    EXPECT_EQ(answer->status, 202);
    EXPECT_EQ(json::View(answer->body.at("reason"))["code"].text(), "not_a_command");
    EXPECT_EQ(lab.audited(), Lines{"approval.opened"});
    EXPECT_EQ(lab.fake.replicas("web"), 3);
    EXPECT_TRUE(lab.fake.rehearsed.empty() && lab.fake.written.empty());
    co_return Done{};
  });
}

TEST_F(ChangeTest, AReadTurnChangesNothing) {
  open_turn("erin", {5}, turns::Kind::read);
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web();
    if (!answer) co_return std::unexpected(answer.error());
    EXPECT_EQ(code(*answer), "403 denied");
    EXPECT_TRUE(lab.fake.written.empty());
    co_return Done{};
  });
}

TEST_F(ChangeTest, ACommandIsConsumedOnce) {
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    auto first = co_await lab.scale_web(5, "call-1");
    lab.fake.scale("web", 3);
    auto second = co_await lab.scale_web(5, "call-2");
    if (!first || !second) co_return foundation::fail(Code::internal, "submit");
    EXPECT_EQ(first->status, 200);
    EXPECT_EQ(second->status, 202);
    EXPECT_EQ(lab.fake.applied, 1);
    EXPECT_EQ(lab.fake.replicas("web"), 3);
    co_return Done{};
  });
}

TEST_F(ChangeTest, TheSameCommandTwiceRunsTwice) {
  open_turn("erin", {5, 5});
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await lab.scale_web(5, "call-1");
    lab.fake.scale("web", 3);
    auto second = co_await lab.scale_web(5, "call-2");
    EXPECT_TRUE(second && second->status == 200);
    EXPECT_EQ(lab.fake.applied, 2);
    co_return Done{};
  });
}

TEST_F(ChangeTest, TheSameCallAgainGetsTheStoredAnswer) {
  open_turn("erin", {5, 5});
  run([](Lab& lab) -> async::Task<void> {
    auto first = co_await lab.scale_web();
    lab.fake.scale("web", 2);
    auto again = co_await lab.scale_web();
    if (!first || !again) co_return foundation::fail(Code::internal, "submit");
    EXPECT_EQ(first->body, again->body);
    EXPECT_EQ(again->status, 200);
    EXPECT_EQ(lab.fake.applied, 1);
    auto refused = co_await lab.scale_web(7, "call-2");
    auto refused_again = co_await lab.scale_web(7, "call-2");
    if (!refused || !refused_again) co_return foundation::fail(Code::internal, "submit");
    EXPECT_EQ(refused->body, refused_again->body);
    EXPECT_EQ(refused_again->status, 202) << "one proposal, however often it is asked for";
    co_return Done{};
  });
}

TEST_F(ChangeTest, ACallIdStandsForOneRequestOnly) {
  open_turn("erin", {5, 6});
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await lab.scale_web(5);
    auto other = co_await lab.scale_web(6);
    if (!other) co_return std::unexpected(other.error());
    EXPECT_EQ(code(*other), "409 call_id_reused");
    EXPECT_EQ(lab.fake.replicas("web"), 5);
    auto reordered = co_await lab.submit(
        "erin", R"({"arguments":{"replicas":5,"name":"web","kind":"Deployment","project":"shop"},"call_id":"call-1"})");
    EXPECT_TRUE(reordered && reordered->status == 200) << "the order of members is no other request";
    co_return Done{};
  });
}

TEST_F(ChangeTest, CallIdsOfAnotherTurnAreOthers) {
  open_turn("erin");
  open_turn("vic");
  run([](Lab& lab) -> async::Task<void> {
    (void)co_await lab.scale_web();
    auto vics = co_await lab.submit("vic", Lab::body("call-1", Lab::scale_to(5)));
    if (!vics) co_return std::unexpected(vics.error());
    EXPECT_EQ(vics->status, 403) << "vic must not be given erin's answer";
    co_return Done{};
  });
}

TEST_F(ChangeTest, MalformedRequestsAreRefusedBeforeAnythingIsLookedAt) {
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    const std::string good = json::to_text(Lab::scale_to(5));
    const std::string tail = R"("project":"shop","kind":"Deployment","name":"web"})";
    bool looked = false;
    lab.fake.gets = {Fake::after([&] { looked = true; })};
    for (const std::string& bad : std::vector<std::string>{
             std::string(),
             std::string("null"),
             std::string("[]"),
             std::string("{}"),
             good,
             R"({"arguments":)" + good + "}",
             R"({"call_id":"","arguments":)" + good + "}",
             R"({"call_id":1,"arguments":)" + good + "}",
             R"({"call_id":")" + std::string(kMaxCallIdBytes + 1, 'x') + R"(","arguments":)" + good + "}",
             R"({"call_id":"a","arguments":)" + good + R"(,"force":true})",
             R"({"call_id":"a","call_id":"b","arguments":)" + good + "}",
             R"({"call_id":"a","arguments":{)" + tail + "}",
             R"({"call_id":"a","arguments":{"replicas":4294967296,)" + tail + "}",
             R"({"call_id":"a","arguments":{"replicas":-1,)" + tail + "}",
             R"({"call_id":"a","arguments":{"replicas":"5",)" + tail + "}",
             R"({"call_id":"a","arguments":{"replicas":5.5,)" + tail + "}",
             R"({"call_id":"a","arguments":{"replicas":5,"namespace":"vault",)" + tail + "}",
             R"({"call_id":"a","arguments":{"replicas":5,"project":"shop","kind":"Secret","name":"web"}})",
             R"({"call_id":"a","arguments":{"replicas":5,"project":"shop","kind":"Deployment","name":"../web"}})",
             R"({"call_id":"a","arguments":{"replicas":5,"project":"..","kind":"Deployment","name":"web"}})",
         }) {
      auto answer = co_await lab.submit("erin", bad);
      EXPECT_TRUE(answer && code(*answer) == "400 invalid_argument") << bad;
    }
    EXPECT_FALSE(looked);
    EXPECT_TRUE(lab.audited().empty());
    co_return Done{};
  });
}

TEST_F(ChangeTest, AnUnknownOperationOrObjectIsNotFound) {
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    async::Context ctx{.request_id = "test", .log = {}};
    auto answer = co_await lab.change->submit(ctx, {Lab::claims("erin"), "exec", Lab::body("a", Lab::scale_to(5))});
    EXPECT_TRUE(answer && code(*answer) == "404 not_found");
    auto ghost = co_await lab.submit("erin", Lab::body("b", Lab::scale_to(5, "ghost")));
    EXPECT_TRUE(ghost && code(*ghost) == "404 not_found");
    co_return Done{};
  });
}

TEST_F(ChangeTest, OneTurnHasABoundedNumberOfOperations) {
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    for (int i = 0; i < kMaxOperationsPerTurn; ++i) {  // what is not there counts too: nobody may try names without end
      auto answer = co_await lab.submit("erin", Lab::body("call-" + std::to_string(i), Lab::scale_to(6, "ghost")));
      EXPECT_TRUE(answer && answer->status == 404);
    }
    auto over = co_await lab.scale_web(5, "one-more");
    EXPECT_FALSE(over);
    if (!over) EXPECT_EQ(over.error().code, Code::rate_limited);
    EXPECT_EQ(lab.audited().size(), std::size_t(kMaxOperationsPerTurn)) << "what is not stored is not audited";
    EXPECT_TRUE(lab.fake.written.empty());
    co_return Done{};
  });
}

TEST_F(ChangeTest, OneTurnHasABoundedNumberOfOpenProposals) {
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    for (int i = 0; i < kMaxOpenProposalsPerTurn; ++i) {
      auto answer = co_await lab.scale_web(6 + i, "call-" + std::to_string(i));
      EXPECT_TRUE(answer && answer->status == 202);
    }
    auto over = co_await lab.scale_web(20, "one-more");
    if (!over) co_return std::unexpected(over.error());
    EXPECT_EQ(code(*over), "403 denied");
    EXPECT_EQ(json::View(over->body.at("reason"))["code"].text(), "proposals_exhausted");
    co_return Done{};
  });
}

// A rollback looks at ReplicaSets before it can be planned; of who may not do it nothing is said but that.
TEST_F(ChangeTest, WhatThereIsNothingToPlanOfIsRefusedAsByAGuard) {
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    const json::Object web{{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}};
    auto rollback = [&](std::string call) {
      return lab.submit("erin", Lab::body(call, web), std::chrono::seconds(20), "rollback");
    };
    EXPECT_EQ(Lab::said(co_await rollback("r1")), "422 guard_refused no_revision");
    lab.fake.list_error = foundation::Error{foundation::Code::unavailable, "list", "as the test says"};
    EXPECT_EQ(Lab::said(co_await rollback("r2")), "503 cluster_unavailable");
    EXPECT_TRUE(lab.fake.written.empty() && lab.fake.rehearsed.empty());
    co_return Done{};
  });
}

}  // namespace
}  // namespace api::change
