// The life of a proposal: it waits, shows the same bytes to everybody, and runs exactly what it showed, once, or ends.
#include "api/change/change_lab.h"
#include "api/change/replies.h"
#include "api/change/submission.h"

namespace api::change {
namespace {

using namespace std::chrono_literals;

using ApprovalTest = ApprovalLab;

const Lines kRan{"approval.opened", "approval.decided approved", "operation.intent", "operation.outcome executed",
                 "operation.settled settled"};

TEST_F(ApprovalTest, AWishBecomesOneProposalAndNothingRuns) {
  run([](Lab& lab) -> async::Task<void> {
    turns::Outbox outbox(lab.on());
    turns::OpenTurns::Place place(lab.open_turns, "turn-erin", outbox);
    auto waiting = co_await lab.wish();
    auto again = co_await lab.wish();
    EXPECT_EQ(Lab::said(waiting), "202 not_a_command");
    if (!waiting || !again) co_return foundation::fail(Code::internal, "wish");
    EXPECT_EQ(waiting->body, again->body) << "one, however often it is asked for";
    EXPECT_EQ(lab.audited(), kWaits);
    EXPECT_EQ(lab.fake.replicas("web"), 3);
    EXPECT_TRUE(lab.fake.rehearsed.empty() && lab.fake.written.empty());

    auto row = lab.stored("erin", "wish-1");
    auto shown = lab.approval(lab.given("erin", waiting).approval);
    EXPECT_EQ(row.state, "proposed");
    EXPECT_FALSE(row.completed_at);
    EXPECT_EQ(shown.operation_id, row.id);
    EXPECT_EQ(shown.op_hash, row.op_hash);
    EXPECT_EQ(shown.expires_at, lab.clock.wall() + kApprovalTime);
    EXPECT_TRUE(json::is_subset(
        {{"operation", "scale"},
         {"arguments", Lab::scale_to(6)},
         {"before", {{"replicas", 3}}},
         {"after", {{"replicas", 6}}},
         {"diff", "- replicas: 3\n+ replicas: 6\n"},
         {"risk", "low"},
         {"proposer", "erin"},
         {"turn_id", "turn-erin"},
         {"target", {{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}, {"uid", "uid-web"}}}},
        shown.rendering));

    auto events = co_await Lab::told(outbox);
    EXPECT_TRUE(events && events->size() == 1 && events->front().name == "proposal");
    if (events && !events->empty()) EXPECT_TRUE(json::is_subset(waiting->body, events->front().data));
    EXPECT_EQ(place.record().outcome(), turns::Outcome::waiting);
    co_return Done{};
  });
}

TEST_F(ApprovalTest, ApprovingRunsExactlyWhatWasShown) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    auto given = lab.given("ada", waiting);
    auto shown = lab.approval(given.approval);
    Lines at_the_write;
    lab.fake.writes = {Fake::after([&] { at_the_write = lab.audited(); })};
    auto answer = co_await lab.approve(given);
    EXPECT_EQ(Lab::said(answer), "200 executed");
    if (!answer) co_return std::unexpected(answer.error());
    EXPECT_EQ(at_the_write, (Lines{"approval.opened", "approval.decided approved", "operation.intent"}));
    for (const char* member : {"op_hash", "target", "before", "after"})
      EXPECT_EQ(answer->body.at(member), shown.rendering.at(member)) << member;
    EXPECT_EQ(answer->body.at("operation_id"), json::Value(shown.operation_id));
    EXPECT_EQ(lab.fake.replicas("web"), 6);
    EXPECT_EQ(lab.fake.applied, 1);

    auto decided = lab.approval(given.approval);
    EXPECT_EQ(decided.state, "approved");
    EXPECT_EQ(decided.decided_by, "ada");
    EXPECT_EQ(decided.decided_at, lab.clock.wall());
    auto row = lab.operation(shown.operation_id);
    EXPECT_EQ(row.state, "executed");
    EXPECT_EQ(row.user, "erin") << "who asked for it";
    EXPECT_EQ(row.answer->body, answer->body);
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.audited() == kRan; }));
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.operation(shown.operation_id).readiness == "settled"; }));
    co_return Done{};
  });
}

// The intent stood first, as if the change had been begun before anybody had signed it off.
TEST_F(ApprovalTest, TheDecisionIsAuditedBeforeTheIntentThatRestsOnIt) {
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", co_await lab.wish()))), "200 executed");
    auto lines = lab.audited();
    auto decided = std::ranges::find(lines, "approval.decided approved");
    EXPECT_LT(decided, std::ranges::find(lines, "operation.intent"));
    EXPECT_NE(decided, lines.end());
    co_return Done{};
  });
}

TEST_F(ApprovalTest, TheAuditSaysWhoSignedWhatOff) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    auto given = lab.given("ada", waiting);
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "200 executed");
    for (const auto& entry : lab.audit_entries()) {
      json::View view(entry);
      EXPECT_EQ(view["op_hash"].text(), given.op_hash) << json::to_text(entry);
      bool of_the_approver = view["kind"].text() == "approval.decided";
      EXPECT_EQ(view["subject"].text(), of_the_approver ? "ada" : "erin");
      bool names_it = view["kind"].text().starts_with("approval.") || view["kind"].text() == "operation.intent";
      if (names_it) EXPECT_EQ(view["approval"].text(), given.approval) << json::to_text(entry);
      if (view["kind"].text() == "operation.intent") EXPECT_EQ(view["decision"]["code"].text(), "approved");
    }
    co_return Done{};
  });
}

TEST_F(ApprovalTest, ApprovingTwiceRunsOnce) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("erin", waiting))), "200 executed");
    lab.fake.scale("web", 3);  // so that the change would be possible once more
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("erin", waiting))), "409 approval_void decided");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "409 approval_void decided");
    EXPECT_EQ(lab.fake.applied, 1);
    EXPECT_EQ(lab.fake.replicas("web"), 3);
    co_return Done{};
  });
}

TEST_F(ApprovalTest, TwoApproversAtOnceRunItOnce) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    Lab::Call one, two;
    lab.begin(one, lab.approve(lab.given("erin", waiting)));
    lab.begin(two, lab.approve(lab.given("ada", waiting)));
    EXPECT_TRUE(co_await lab.becomes([&] { return one.ended() && two.ended(); }));
    if (!one.answer || !two.answer) co_return foundation::fail(Code::internal, "call");
    Lines seen{Lab::said(*one.answer), Lab::said(*two.answer)};
    std::ranges::sort(seen);
    EXPECT_EQ(seen, (Lines{"200 executed", "409 approval_void decided"}));
    EXPECT_EQ(lab.fake.applied, 1);
    EXPECT_EQ(std::ranges::count(lab.audited(), "approval.decided approved"), 1);
    co_return Done{};
  });
}

// The narrowest moment: the other one's transaction commits while ours is rehearsed.
TEST_F(ApprovalTest, AnApprovalBeatenAtItsCommitSaysSo) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    auto given = lab.given("ada", waiting);
    lab.fake.dry_runs = {Fake::after([&] {
      lab.must(lab.database.write(
          [id = given.approval](Session& session) { return decide_approval(session, id, "rejected", "erin"); }));
    })};
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "409 approval_void decided");
    EXPECT_TRUE(lab.fake.written.empty());
    EXPECT_EQ(lab.audited(), kWaits) << "what was rolled back is not in the audit";
    co_return Done{};
  });
}

TEST_F(ApprovalTest, ItExpires) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    auto given = lab.given("ada", waiting);
    lab.clock.advance(kApprovalTime);
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "409 approval_void expired");
    EXPECT_EQ(Lab::said(co_await lab.reject(given)), "409 approval_void expired");
    EXPECT_EQ(json::Value(approval_json(lab.approval(given.approval), lab.clock.wall(), false).at("state")), "expired");
    auto open = lab.must(lab.database.read([](Session& session) { return open_approvals(session, "shop"); }));
    EXPECT_TRUE(open.empty());
    EXPECT_EQ(lab.audited(), kWaits);
    EXPECT_TRUE(lab.fake.written.empty());
    co_return Done{};
  });
}

TEST_F(ApprovalTest, ItRunsUntilItsLastMoment) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.clock.advance(kApprovalTime - 1ms);
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    co_return Done{};
  });
}

TEST_F(ApprovalTest, ItExpiresBetweenTheLookAndTheIntent) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.fake.dry_runs = {Fake::after([&] { lab.clock.advance(kApprovalTime); })};
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "409 approval_void expired");
    EXPECT_TRUE(lab.fake.written.empty());
    co_return Done{};
  });
}

TEST_F(ApprovalTest, WhatWasNotShownIsNotSignedOff) {
  run([](Lab& lab) -> async::Task<void> {
    auto six = co_await lab.wish(6, "wish-1");
    auto seven = co_await lab.wish(7, "wish-2");
    for (const std::string& hash : {std::string(), lab.given("ada", seven).op_hash, "sha256:" + std::string(64, '0')}) {
      auto given = lab.given("ada", six);
      given.op_hash = hash;
      EXPECT_EQ(Lab::said(co_await lab.approve(given)), "409 approval_void hash_differs") << hash;
      EXPECT_EQ(Lab::said(co_await lab.reject(given)), "409 approval_void hash_differs") << hash;
    }
    lab.expect_waits(six);
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", six))), "200 executed");
    co_return Done{};
  });
}

TEST_F(ApprovalTest, WhatWasRejectedDoesNotRun) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    auto given = lab.given("ada", waiting);
    auto rejected = co_await lab.reject(given);
    EXPECT_EQ(Lab::said(rejected), "200 rejected");
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "409 approval_void decided");
    EXPECT_EQ(Lab::said(co_await lab.reject(given)), "409 approval_void decided");
    EXPECT_EQ(lab.audited(), (Lines{"approval.opened", "approval.decided rejected"}));
    EXPECT_EQ(lab.approval(given.approval).decided_by, "ada");
    EXPECT_EQ(lab.stored("erin", "wish-1").state, "refused");
    EXPECT_EQ(Lab::said(co_await lab.wish()), "409 approval_void decided") << "its proposer is told";
    EXPECT_TRUE(lab.fake.written.empty());
    co_return Done{};
  });
}

TEST_F(ApprovalTest, WhatWasApprovedIsNotRejectedAnyMore) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    auto given = lab.given("ada", waiting);
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "200 executed");
    EXPECT_EQ(Lab::said(co_await lab.reject(given)), "409 approval_void decided");
    EXPECT_EQ(lab.approval(given.approval).state, "approved");
    EXPECT_EQ(lab.stored("erin", "wish-1").state, "executed");
    co_return Done{};
  });
}

TEST_F(ApprovalTest, TheSameCallAfterwardsGetsTheExecutedAnswer) {
  fake.hold_writes = true;
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    Lab::Call approving, asking;
    lab.begin(approving, lab.approve(lab.given("ada", waiting)));
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.fake.written.size() == 1; }));
    lab.begin(asking, lab.wish());  // while it runs: waits for the same write
    lab.fake.hold_writes = false;
    EXPECT_TRUE(co_await lab.becomes([&] { return approving.ended() && asking.ended(); }));
    auto later = co_await lab.wish();
    if (!approving.answer || !*approving.answer || !asking.answer || !*asking.answer || !later)
      co_return foundation::fail(Code::internal, "call");
    EXPECT_EQ(Lab::said(later), "200 executed");
    EXPECT_EQ((*approving.answer)->body, later->body);
    EXPECT_EQ((*asking.answer)->body, later->body);
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

TEST_F(ApprovalTest, TheRenderingIsTheSameBytesBeforeAndAfter) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    auto given = lab.given("ada", waiting);
    auto bytes = [&] { return json::to_text(lab.approval(given.approval).rendering); };
    std::string before = bytes();
    auto open = approval_json(lab.approval(given.approval), lab.clock.wall(), true);
    EXPECT_EQ(open.at("state"), json::Value("open"));
    EXPECT_FALSE(open.contains("operation_id") || open.contains("decided_by"));
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "200 executed");
    EXPECT_EQ(bytes(), before);
    auto decided = approval_json(lab.approval(given.approval), lab.clock.wall(), false);
    EXPECT_EQ(decided.at("state"), json::Value("approved"));
    EXPECT_EQ(decided.at("decided_by"), json::Value("ada"));
    EXPECT_EQ(decided.at("operation_id"), json::Value(lab.stored("erin", "wish-1").id));
    for (const auto& [name, value] : lab.approval(given.approval).rendering) {
      EXPECT_EQ(open.at(name), value) << name;
      EXPECT_EQ(decided.at(name), value) << name;
    }
    co_return Done{};
  });
}

TEST_F(ApprovalTest, ItOutlivesTheTurnAndTheSessionThatProposedIt) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.sql("UPDATE turns SET closed_at = 1");
    lab.end_sessions_of("erin");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    co_return Done{};
  });
}

TEST_F(ApprovalTest, WhatIsDecidedMakesRoomForAnotherProposalOfTheTurn) {
  run([](Lab& lab) -> async::Task<void> {
    std::optional<Result<Answer>> last;
    for (int i = 0; i < kMaxOpenProposalsPerTurn; ++i) last = co_await lab.wish(6 + i, "wish-" + std::to_string(i));
    EXPECT_EQ(Lab::said(co_await lab.wish(20, "over")), "403 denied proposals_exhausted");
    EXPECT_EQ(Lab::said(co_await lab.reject(lab.given("erin", *last))), "200 rejected");
    EXPECT_EQ(Lab::said(co_await lab.wish(20, "now")), "202 not_a_command");
    co_return Done{};
  });
}

TEST_F(ApprovalTest, ARestartIsProposedAndApprovedLikeAnyOther) {
  run([](Lab& lab) -> async::Task<void> {
    json::Object target = Lab::scale_to(0);
    target.erase("replicas");
    async::Context ctx{.request_id = "test", .log = {}};
    auto waiting = co_await lab.change->submit(ctx, {Lab::claims("erin"), "restart", Lab::body("wish-1", target)});
    EXPECT_EQ(Lab::said(waiting), "202 not_a_command");
    lab.fake.touch_status("web");
    auto answer = co_await lab.approve(lab.given("erin", waiting));
    EXPECT_EQ(Lab::said(answer), "200 executed");
    if (answer) EXPECT_FALSE(answer->body.at("undoable").as_bool());
    auto annotations = lab.fake.view("web").spec().path("template.metadata.annotations");
    EXPECT_EQ(annotations["hexabase.io/restarts"].text(), "1");
    EXPECT_EQ(lab.fake.replicas("web"), 3);
    co_return Done{};
  });
}

// The stream said "refused" of a proposal that waited on.
TEST_F(ApprovalTest, TheProposersStreamHearsOfWhatRanAndNotOfAnApproverWhoMayNot) {
  run([](Lab& lab) -> async::Task<void> {
    turns::Outbox outbox(lab.on());
    turns::OpenTurns::Place place(lab.open_turns, "turn-erin", outbox);
    auto waiting = co_await lab.wish();
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("vic", waiting))), "403 denied missing_permission");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    auto told = co_await Lab::told(outbox);
    if (!told) co_return std::unexpected(told.error());
    Lines events;
    for (const auto& event : *told)
      events.push_back(event.name + " " + std::string(json::View(event.data.if_contains("state")).text()));
    EXPECT_EQ(events, (Lines{"proposal ", "operation executed"}));
    EXPECT_EQ(place.record().outcome(), turns::Outcome::executed);
    co_return Done{};
  });
}

TEST_F(ApprovalTest, AWishForWhatIsSoAlreadyNeedsNoApproval) {
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await lab.scale_web(3, "call-so");
    EXPECT_EQ(Lab::said(answer), "200 already_so");
    EXPECT_EQ(lab.audited(), (std::vector<std::string>{"operation.outcome already_so"}));
    EXPECT_TRUE(lab.fake.written.empty());
    co_return foundation::Done{};
  });
}

}  // namespace
}  // namespace api::change
