// When a turn is live, by the database's clock and no other, and what of it comes back.
#include "api/turns/turn_store.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "api/audit/audit.h"
#include "api/operations/catalogue.h"
#include "api/turns/migrations.h"
#include "foundation/database/temp_database.h"

namespace api::turns {
namespace {

using foundation::Code;
using operations::Command;

const WallTime kStart{Milliseconds(1'800'000'000'000)};

Command scale_to(int replicas) {
  return {operations::find_operation("scale"),
          {{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}, {"replicas", replicas}}};
}

struct TurnStore : testing::Test {
  Turn turn(const std::string& id = "turn-1") {
    Turn turn;
    turn.id = id;
    turn.user = tenancy::UserName("erin");
    turn.organization = tenancy::OrganizationName("demo");
    turn.workspace = tenancy::WorkspaceName("shop");
    turn.credential = "sha256:session";
    turn.conversation = "conversation-1";
    turn.message = "scale web to 5";
    turn.commands = {scale_to(5)};
    turn.deadline = clock.wall() + kTurnTime;
    return turn;
  }
  Done open(const Turn& turn) {
    return database.write([turn](Session& session) { return open_turn(session, turn); });
  }
  Done renew(const std::string& id = "turn-1") {
    return database.write([id](Session& session) { return renew_lease(session, id); });
  }
  Done close(const std::string& outcome, const std::string& id = "turn-1") {
    return database.write([=](Session& session) { return close_turn(session, id, outcome); });
  }
  Done consume(std::size_t position, const std::string& operation) {
    return database.write([=](Session& session) { return consume_command(session, "turn-1", position, operation); });
  }
  Result<Turn> live(const std::string& id = "turn-1") {
    return database.read([id](Session& session) { return live_turn(session, id); });
  }
  bool is_live(const std::string& id = "turn-1") {
    auto turn = live(id);
    if (!turn) EXPECT_EQ(turn.error().code, Code::unauthenticated);
    return turn.has_value();
  }
  std::vector<std::size_t> unconsumed() {
    return database
        .read([](Session& session) -> Result<std::vector<std::size_t>> {
          auto turn = live_turn(session, "turn-1");
          if (!turn) return std::unexpected(turn.error());
          return open_commands(session, *turn);
        })
        .value();
  }
  void sql(std::string text) {
    ASSERT_TRUE(database.write([text](Session& session) { return session.execute(text); }));
  }
  // Kind, turn, user, workspace and outcome of each entry, oldest first.
  std::vector<std::string> audited() {
    auto records = database.read([](Session& session) { return audit::list(session, "demo", {}, 0, 100); });
    std::vector<std::string> entries;
    for (const auto& record : *records) {
      auto leaf = foundation::json::parse_strict(record.leaf).value();
      std::string entry;
      for (const char* member : {"kind", "turn", "subject", "workspace", "outcome"}) {
        const auto* value = leaf.as_object().if_contains(member);
        entry += (entry.empty() ? "" : " ") + (value ? std::string(value->as_string()) : "-");
      }
      entries.push_back(entry);
    }
    std::ranges::reverse(entries);
    return entries;
  }
  std::int64_t delete_old() { return database.write(kTurnRetention.delete_old).value(); }
  std::int64_t count(const std::string& table) {
    return database.read([table](Session& session) { return session.query("SELECT count(*) FROM " + table); })
        ->at(0)
        .integer(0);
  }
  foundation::ManualClock clock{kStart};
  foundation::database::TempDatabase database{{audit::migrations(), migrations()}, &clock};
};

TEST_F(TurnStore, ATurnComesBackWhole) {
  Turn put = turn();
  put.kind = Kind::read;
  put.ceiling.at_most = {tenancy::Permission::objects_read, tenancy::Permission::workloads_scale};
  put.commands = {scale_to(5), scale_to(6)};
  ASSERT_TRUE(open(put));
  auto got = live();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->id, put.id);
  EXPECT_EQ(got->kind, Kind::read);
  EXPECT_EQ(got->user, put.user);
  EXPECT_EQ(got->organization, put.organization);
  EXPECT_EQ(got->workspace, put.workspace);
  EXPECT_EQ(got->credential, put.credential);
  EXPECT_EQ(got->ceiling, put.ceiling);
  EXPECT_EQ(got->conversation, put.conversation);
  EXPECT_EQ(got->message, put.message);
  EXPECT_EQ(got->deadline, put.deadline);
  ASSERT_EQ(got->commands.size(), 2u);
  EXPECT_EQ(got->commands[1].operation, operations::find_operation("scale"));
  EXPECT_EQ(got->commands[1].arguments, scale_to(6).arguments);
}

TEST_F(TurnStore, ACeilingOfNothingStaysNothing) {
  Turn put = turn();
  put.ceiling.at_most = {};
  ASSERT_TRUE(open(put));
  EXPECT_TRUE(live()->ceiling.at_most.empty());
}

TEST_F(TurnStore, ADamagedCeilingGivesNothing) {
  ASSERT_TRUE(open(turn()));
  for (const char* damaged : {"", "null", "[\"all\"]", "{\"objects.read\":true}", "[1]"}) {
    sql("UPDATE turns SET ceiling = '" + std::string(damaged) + "'");
    EXPECT_TRUE(live()->ceiling.at_most.empty()) << damaged;
  }
}

TEST_F(TurnStore, IsLiveUntilItsLeaseRunsOut) {
  ASSERT_TRUE(open(turn()));
  clock.advance(kLease - Milliseconds(1));
  EXPECT_TRUE(is_live());
  clock.advance(Milliseconds(1));
  EXPECT_FALSE(is_live());
}

TEST_F(TurnStore, ARenewedLeaseCarriesItToItsDeadlineAndNoFurther) {
  ASSERT_TRUE(open(turn()));
  for (auto at = Milliseconds(0); at + kLeaseRenewal < kTurnTime; at += kLeaseRenewal) {
    clock.advance(kLeaseRenewal);
    ASSERT_TRUE(renew()) << at.count();
    ASSERT_TRUE(is_live());
  }
  clock.advance(kLeaseRenewal);
  EXPECT_FALSE(is_live()) << "the lease goes on, the deadline does not";
  EXPECT_EQ(renew().error().code, Code::unauthenticated);
}

TEST_F(TurnStore, WhatIsDeadIsNotRenewed) {
  EXPECT_EQ(renew("no-such-turn").error().code, Code::unauthenticated);
  ASSERT_TRUE(open(turn()));
  clock.advance(kLease);
  EXPECT_EQ(renew().error().code, Code::unauthenticated);
  EXPECT_FALSE(is_live()) << "a lease that ran out does not come back";
  Turn other = turn("turn-2");
  ASSERT_TRUE(open(other));
  ASSERT_TRUE(close("answered", "turn-2"));
  EXPECT_EQ(renew("turn-2").error().code, Code::unauthenticated);
}

TEST_F(TurnStore, AClosedTurnIsDeadAndItsFirstOutcomeStays) {
  ASSERT_TRUE(open(turn()));
  ASSERT_TRUE(close("executed"));
  EXPECT_FALSE(is_live());
  clock.advance(Milliseconds(50));
  ASSERT_TRUE(close("cut")) << "closing again is no error";
  auto row = database.read(
      [](Session& session) { return session.query("SELECT outcome, closed_at FROM turns WHERE id = 'turn-1'"); });
  EXPECT_EQ(row->at(0).text(0), "executed");
  EXPECT_EQ(row->at(0).integer(1), kStart.time_since_epoch().count());
}

TEST_F(TurnStore, AnUnknownTurnIsNotLive) {
  EXPECT_FALSE(is_live("turn-1"));
  EXPECT_FALSE(is_live(""));
  EXPECT_TRUE(close("answered")) << "nor is it an error to close it";
}

TEST_F(TurnStore, AConversationHasOneLiveTurnAUser) {
  ASSERT_TRUE(open(turn("turn-1")));
  EXPECT_EQ(open(turn("turn-2")).error().code, Code::conflict);
  Turn elsewhere = turn("turn-3");
  elsewhere.conversation = "conversation-2";
  EXPECT_TRUE(open(elsewhere));
  Turn vics = turn("turn-4");
  vics.user = tenancy::UserName("vic");
  EXPECT_TRUE(open(vics)) << "another user's id for a conversation blocks nobody";
  EXPECT_FALSE(is_live("turn-2")) << "what was refused was not stored";
}

TEST_F(TurnStore, ADeadTurnDoesNotBlockItsConversation) {
  ASSERT_TRUE(open(turn("closed")));
  ASSERT_TRUE(close("answered", "closed"));
  ASSERT_TRUE(open(turn("abandoned")));
  clock.advance(kLease);
  EXPECT_TRUE(open(turn("next")));
}

// There was no cap but the message rate.
TEST_F(TurnStore, AUserHasSoManyOpenTurnsAndNoMore) {
  auto numbered = [&](std::size_t number, const std::string& user) {
    Turn one = turn(user + std::to_string(number));
    one.conversation = one.id;
    one.user = tenancy::UserName(user);
    return one;
  };
  for (std::size_t i = 0; i < kMaxOpenTurnsPerUser; ++i) ASSERT_TRUE(open(numbered(i, "erin"))) << i;
  EXPECT_EQ(open(numbered(99, "erin")).error().code, Code::rate_limited);
  EXPECT_FALSE(is_live("erin99"));
  EXPECT_TRUE(open(numbered(99, "vic"))) << "each user has their own";
  Turn again = numbered(100, "erin");
  again.conversation = "erin3";
  EXPECT_EQ(open(again).error().code, Code::conflict) << "a busy conversation is told as such";
  ASSERT_TRUE(close("answered", "erin3"));
  EXPECT_TRUE(open(again)) << "one has ended";
  clock.advance(kLease);
  EXPECT_TRUE(open(numbered(101, "erin"))) << "those whose lease ran out do not count";
}

TEST_F(TurnStore, OpeningAndClosingStandInTheAuditOnce) {
  ASSERT_TRUE(open(turn()));
  ASSERT_TRUE(close("executed"));
  ASSERT_TRUE(close("cut"));
  EXPECT_EQ(open(turn()).error().code, Code::conflict) << "the id is taken";
  EXPECT_EQ(audited(),
            (std::vector<std::string>{"turn.opened turn-1 erin shop -", "turn.closed turn-1 erin shop executed"}));
}

TEST_F(TurnStore, TurnsThatEndWithTheirSessionOrTheirUserAreAuditedToo) {
  for (std::string id : {"turn-1", "turn-2", "turn-3"}) {
    Turn one = turn(id);
    one.conversation = id;
    if (id == "turn-2") one.credential = "sha256:another";
    if (id == "turn-3") one.user = tenancy::UserName("vic");
    ASSERT_TRUE(open(one));
  }
  ASSERT_TRUE(database.write([](Session& session) { return close_turns_opened_by(session, "sha256:another"); }));
  EXPECT_TRUE(is_live("turn-1") && !is_live("turn-2") && is_live("turn-3"));
  ASSERT_TRUE(database.write([](Session& session) { return close_turns_of(session, tenancy::UserName("erin")); }));
  EXPECT_TRUE(!is_live("turn-1") && is_live("turn-3"));
  auto entries = audited();
  EXPECT_EQ(
      (std::vector(entries.begin() + 3, entries.end())),
      (std::vector<std::string>{"turn.closed turn-2 erin shop cancelled", "turn.closed turn-1 erin shop cancelled"}));
}

// A killed process left its turns open in the audit for ever.
TEST_F(TurnStore, TurnsWhoseLeaseRanOutAreClosedAsCut) {
  ASSERT_TRUE(open(turn()));
  auto sweep = [&] { return database.write([](Session& session) { return close_dead_turns(session); }); };
  ASSERT_TRUE(sweep());
  EXPECT_TRUE(is_live("turn-1"));
  clock.advance(kLease);
  ASSERT_TRUE(sweep());
  ASSERT_TRUE(sweep());
  auto entries = audited();
  EXPECT_EQ((std::vector(entries.begin() + 1, entries.end())),
            (std::vector<std::string>{"turn.closed turn-1 erin shop cut"}));
}

TEST(TurnRetention, IsThirtyDays) {
  EXPECT_EQ(kStart - turns_kept_from(kStart), std::chrono::hours(30 * 24));
  EXPECT_GT(kKeepTurns, kTurnTime) << "a turn that goes has ended";
}

// They were kept for ever.
TEST_F(TurnStore, OldTurnsGoWithWhatTheyConsumed) {
  ASSERT_TRUE(open(turn()));
  ASSERT_TRUE(consume(0, "op-1"));
  ASSERT_TRUE(close("executed"));
  clock.advance(kTurnTime);
  ASSERT_TRUE(open(turn("never-closed")));
  clock.advance(kKeepTurns - kTurnTime);
  EXPECT_EQ(delete_old(), 0) << "to the day";
  clock.advance(Milliseconds(1));
  EXPECT_EQ(delete_old(), 1);
  EXPECT_EQ(count("turns"), 1);
  EXPECT_EQ(count("consumed_commands"), 0);
  clock.advance(kTurnTime);
  EXPECT_EQ(delete_old(), 1) << "closed or not: its deadline was long ago";
  EXPECT_EQ(delete_old(), 0);
  EXPECT_EQ(audited().size(), 3u) << "the audit is kept";
}

TEST_F(TurnStore, OldTurnsGoInBoundedBatchesTheOldestFirst) {
  ASSERT_TRUE(open(turn("oldest")));
  clock.advance(kTurnTime);
  sql("INSERT INTO turns SELECT printf('t-%05d', value), kind, user_name, organization, workspace, credential, ceiling,"
      " conversation, message, commands, opened_at + 1, deadline_at, lease_until, closed_at, outcome"
      " FROM turns, (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 600)"
      " SELECT value FROM n)");
  clock.advance(kKeepTurns);
  EXPECT_EQ(delete_old(), foundation::database::kRetentionBatch);
  EXPECT_EQ(count("turns"), 601 - foundation::database::kRetentionBatch);
  EXPECT_EQ(count("turns WHERE id = 'oldest'"), 0);
  EXPECT_EQ(delete_old(), 601 - foundation::database::kRetentionBatch);
  EXPECT_EQ(delete_old(), 0);
}

TEST_F(TurnStore, ACommandIsConsumedOnce) {
  Turn put = turn();
  put.commands = {scale_to(5), scale_to(5)};
  ASSERT_TRUE(open(put));
  EXPECT_EQ(unconsumed(), (std::vector<std::size_t>{0, 1}));
  ASSERT_TRUE(consume(0, "op-1"));
  EXPECT_EQ(unconsumed(), std::vector<std::size_t>{1});
  EXPECT_EQ(consume(0, "op-2").error().code, Code::conflict);
  ASSERT_TRUE(consume(1, "op-2"));
  EXPECT_TRUE(unconsumed().empty());
}

TEST_F(TurnStore, AnOperationThatIsNotThereAnyMoreIsNoCommand) {
  ASSERT_TRUE(open(turn()));
  sql(R"(UPDATE turns SET commands = '[{"operation":"teleport","arguments":{}}]')");
  EXPECT_TRUE(live());
  EXPECT_TRUE(unconsumed().empty());
}

// Dropping it moved the ones behind it to places that nobody had consumed.
TEST_F(TurnStore, AnOperationThatIsNotThereAnyMoreKeepsItsPlace) {
  ASSERT_TRUE(open(turn()));
  auto arguments = foundation::json::to_text(scale_to(5).arguments);
  sql(R"(UPDATE turns SET commands = '[{"operation":"teleport","arguments":{}},{"operation":"scale","arguments":)" +
      arguments + "}]'");
  EXPECT_EQ(unconsumed(), std::vector<std::size_t>{1});
  ASSERT_TRUE(consume(1, "op-1"));
  EXPECT_TRUE(unconsumed().empty());
}

TEST_F(TurnStore, DamagedCommandsAreNone) {
  ASSERT_TRUE(open(turn()));
  for (const char* damaged : {"", "{}", "null", "[[", "[1, null]"}) {
    sql("UPDATE turns SET commands = '" + std::string(damaged) + "'");
    EXPECT_TRUE(unconsumed().empty()) << damaged;
  }
}

}  // namespace
}  // namespace api::turns
