// A proposal whose object, cluster, database or process does not stand still: it runs what was shown, or it does not
// run, and says which.
#include "api/change/change_lab.h"

namespace api::change {
namespace {

using namespace std::chrono_literals;

using ApprovalFaults = ApprovalLab;

const Lines kVoided{"approval.opened", "operation.decision refused", "approval.void"};

TEST_F(ApprovalFaults, AChangeOfWhatWasShownVoidsIt) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    auto given = lab.given("ada", waiting);
    lab.fake.scale("web", 4);
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "409 approval_void changed");
    EXPECT_EQ(lab.audited(), kVoided);
    EXPECT_EQ(lab.approval(given.approval).state, "void");
    EXPECT_EQ(lab.approval(given.approval).decided_by, "") << "nobody decided";
    EXPECT_EQ(lab.stored("erin", "wish-1").state, "refused");
    lab.fake.scale("web", 3);
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "409 approval_void changed") << "for good";
    EXPECT_EQ(Lab::said(co_await lab.wish()), "409 approval_void changed") << "its proposer is told the same";
    EXPECT_TRUE(lab.fake.written.empty() && lab.fake.rehearsed.empty());
    co_return Done{};
  });
}

// It named the hash of the change that nobody had proposed.
TEST_F(ApprovalFaults, TheAuditOfAVoidedProposalNamesWhatWasProposed) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    auto given = lab.given("ada", waiting);
    lab.fake.recreate("web", 4);
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "409 approval_void changed");
    json::Value entry = lab.audit_entries().front();
    json::View last(entry);
    EXPECT_EQ(last["kind"].text(), "approval.void");
    EXPECT_EQ(last["op_hash"].text(), given.op_hash);
    EXPECT_EQ(last["target"]["uid"].text(), "uid-web");
    EXPECT_EQ(last["approval"].text(), given.approval);
    EXPECT_EQ(last["reason"].text(), "changed");
    EXPECT_EQ(last["subject"].text(), "ada") << "whose try it was";
    EXPECT_TRUE(last["actor"].is_null());
    co_return Done{};
  });
}

// It was a 404, as if there were no such proposal, and waited on for an object that never comes back.
TEST_F(ApprovalFaults, AnObjectThatIsGoneVoidsIt) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    auto given = lab.given("ada", waiting);
    lab.fake.remove("web");
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "409 approval_void changed");
    EXPECT_EQ(lab.approval(given.approval).state, "void");
    EXPECT_EQ(lab.audited(), kVoided);
    co_return Done{};
  });
}

TEST_F(ApprovalFaults, AnObjectThatChangesUnderTheRehearsalVoidsItToo) {
  fake.dry_runs = {Fake::after([this] { fake.scale("web", 4); })};
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "409 approval_void changed");
    EXPECT_EQ(lab.fake.replicas("web"), 4);
    EXPECT_TRUE(lab.fake.written.empty());
    co_return Done{};
  });
}

TEST_F(ApprovalFaults, AStatusThatMovesUnderTheRehearsalIsLookedAtAgain) {
  fake.dry_runs = {Fake::after([this] { fake.touch_status("web"); })};
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    EXPECT_EQ(lab.fake.rehearsed.size(), 2u);
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

TEST_F(ApprovalFaults, AnotherWriterBetweenIntentAndWriteIsNotOverruled) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.fake.writes = {Fake::after([&] { lab.fake.scale("web", 9); })};
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "409 conflict");
    EXPECT_EQ(lab.fake.replicas("web"), 9);
    EXPECT_EQ(lab.stored("erin", "wish-1").state, "failed");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "409 approval_void decided") << "used up";
    co_return Done{};
  });
}

TEST_F(ApprovalFaults, GuardsAreAskedAgainAndKeepItOpen) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.fake.lists["HorizontalPodAutoscaler"] = {Lab::autoscaler_of("web")};
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "422 guard_refused hpa_owned");
    lab.expect_waits(waiting);
    lab.fake.lists.clear();
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    co_return Done{};
  });
}

TEST_F(ApprovalFaults, AGuardedWishIsNotProposed) {
  fake.lists["HorizontalPodAutoscaler"] = {Lab::autoscaler_of("web")};
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(Lab::said(co_await lab.wish()), "422 guard_refused hpa_owned");
    co_return Done{};
  });
}

TEST_F(ApprovalFaults, AClusterThatCannotKeepsItOpen) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.fake.gets = {Fake::refuses(Code::unavailable)};
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "503 cluster_unavailable");
    lab.fake.dry_runs = {Fake::refuses(Code::invalid)};
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "502 cluster_refused cluster_refused");
    lab.expect_waits(waiting);
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    co_return Done{};
  });
}

TEST_F(ApprovalFaults, ALostAnswerOfTheWriteActsOnce) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.fake.writes = {Fake::loses_answer()};
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    EXPECT_EQ(lab.fake.applied, 1);
    EXPECT_EQ(lab.fake.replicas("web"), 6);
    co_return Done{};
  });
}

TEST_F(ApprovalFaults, AWriteThatTheClusterRefusesUsesTheApprovalUp) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.fake.writes = {Fake::refuses(Code::denied)};
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "502 cluster_refused cluster_refused");
    EXPECT_EQ(lab.stored("erin", "wish-1").state, "failed");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "409 approval_void decided");
    EXPECT_EQ(lab.fake.written.size(), 1u);
    co_return Done{};
  });
}

TEST_F(ApprovalFaults, ItSurvivesARestartAndSoDoesItsIntent) {
  fake.hold_answers = true;
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    co_await lab.change->stop(0ms);
    lab.restart();
    Lab::Call call;
    lab.begin(call, lab.approve(lab.given("ada", waiting)));
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.fake.applied == 1; }));
    call.cancel.emit(async::asio::cancellation_type::terminal);
    EXPECT_TRUE(co_await lab.becomes([&] { return call.ended(); }));
    co_await lab.change->stop(0ms);  // dies between the write and its completion
    lab.fake.hold_answers = false;
    EXPECT_EQ(lab.stored("erin", "wish-1").state, "intended");
    lab.restart();
    async::Context ctx{.request_id = "recovery", .log = {}};
    if (auto done = co_await lab.change->recover(ctx); !done) co_return done;
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.stored("erin", "wish-1").state == "executed"; }));
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "409 approval_void decided");
    EXPECT_EQ(lab.fake.applied, 1);
    co_return Done{};
  });
}

// Intent, approval and audit are one commit, or none of them is.
TEST_F(ApprovalFaults, AnApprovalThatCannotBeStoredRunsNothing) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    for (const char* table : {"approvals", "operations"}) {
      lab.sql(std::string("CREATE TRIGGER full BEFORE UPDATE ON ") + table +
              " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
      EXPECT_FALSE(co_await lab.approve(lab.given("ada", waiting))) << table;
      EXPECT_FALSE(co_await lab.reject(lab.given("ada", waiting))) << table;
      lab.sql("DROP TRIGGER full");
      lab.expect_waits(waiting);
      EXPECT_EQ(lab.audited(), kWaits) << table;
    }
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    co_return Done{};
  });
}

TEST_F(ApprovalFaults, OfTwoProposalsForOneObjectTheSecondIsVoidAfterTheFirst) {
  run([](Lab& lab) -> async::Task<void> {
    auto six = co_await lab.wish(6, "wish-1");
    auto seven = co_await lab.wish(7, "wish-2");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", six))), "200 executed");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", seven))), "409 approval_void changed");
    EXPECT_EQ(lab.fake.replicas("web"), 6);
    co_return Done{};
  });
}

}  // namespace
}  // namespace api::change
