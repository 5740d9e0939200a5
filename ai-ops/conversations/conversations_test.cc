#include "ai-ops/conversations/conversations.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/conversations/names_in_text.h"
#include "foundation/database/temp_database.h"

namespace ai_ops::conversations {
namespace {

using foundation::Code;
using foundation::Milliseconds;
using foundation::WallTime;
using foundation::database::Session;
using foundation::database::wait_for;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

const WallTime kStart{Milliseconds(1'800'000'000'000)};
const Owner kErin{"shop", "erin"};
const std::string kOne = "019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10", kTwo = "019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a10";

ObjectRef deployment(std::string name, std::string project = "shop") {
  return {"Deployment", std::move(project), std::move(name), {}};
}

struct ConversationStore : testing::Test {
  Entry entry(std::string message, std::string answer = "It is fine.") {
    return {.turn = "turn", .message = std::move(message), .answer = std::move(answer), .at = clock.wall()};
  }
  void say(const std::string& message, const std::string& id = kOne, const Owner& owner = kErin) {
    append(entry(message), id, owner);
  }
  void append(Entry one, const std::string& id = kOne, const Owner& owner = kErin) {
    ASSERT_TRUE(wait_for(conversations.append(ctx, owner, id, std::move(one))));
  }
  Result<std::vector<Entry>> read(const std::string& id = kOne, const Owner& owner = kErin, std::size_t most = 1000) {
    return wait_for(conversations.read(ctx, owner, id, most));
  }
  std::vector<std::string> messages(const std::string& id = kOne, std::size_t most = 1000) {
    std::vector<std::string> out;
    for (const Entry& one : read(id, kErin, most).value()) out.push_back(one.message);
    return out;
  }
  std::vector<Summary> list(const Owner& owner = kErin) { return wait_for(conversations.list(ctx, owner)).value(); }
  foundation::Done remove(const std::string& id, const Owner& owner) {
    return wait_for(conversations.remove(ctx, owner, id));
  }
  std::int64_t rows(const std::string& table) {
    return database.read([table](Session& session) { return session.query("SELECT count(*) FROM " + table); })
        ->at(0)
        .integer(0);
  }

  foundation::ManualClock clock{kStart};
  std::vector<foundation::database::Migration> tables = migrations();
  foundation::database::TempDatabase database{{tables}, &clock};
  Conversations conversations{*database};
  async::Context ctx{"test", foundation::SteadyTime::max(), {}};
};

TEST_F(ConversationStore, ATurnComesBackWhole) {
  Entry put = entry("scale web to 5", "web is set to 5 replicas.");
  put.turn = "turn-1";
  put.subjects = {deployment("web")};
  put.mentioned = {deployment("web"), {"Service", "shop", "web", {}}};
  put.intent = reader::Intent::operate;
  put.done = {{.operation = "scale",
               .arguments = {{"name", "web"}, {"replicas", 5}},
               .before = {{"replicas", 3}},
               .undoable = true,
               .became = reader::Became::waiting}};
  append(put);
  auto got = read();
  ASSERT_TRUE(got);
  ASSERT_EQ(got->size(), 1u);
  const Entry& one = got->front();
  EXPECT_EQ(one.turn, put.turn);
  EXPECT_EQ(one.message, put.message);
  EXPECT_EQ(one.answer, put.answer);
  EXPECT_EQ(one.subjects, put.subjects);
  EXPECT_EQ(one.mentioned, put.mentioned);
  EXPECT_EQ(one.intent, put.intent);
  EXPECT_EQ(one.at, put.at);
  ASSERT_EQ(one.done.size(), 1u);
  EXPECT_EQ(one.done[0].operation, "scale");
  EXPECT_EQ(one.done[0].arguments, put.done[0].arguments);
  EXPECT_EQ(one.done[0].before, put.done[0].before);
  EXPECT_TRUE(one.done[0].undoable);
  EXPECT_EQ(one.done[0].became, reader::Became::waiting);
}

TEST_F(ConversationStore, TheLastTurnsAreReadOldestFirst) {
  for (int i = 1; i <= 5; ++i) say(std::to_string(i));
  EXPECT_THAT(messages(kOne, 3), ElementsAre("3", "4", "5"));
}

TEST_F(ConversationStore, TheListHasTheLastUsedFirstUnderTheirFirstWords) {
  say("why is checkout failing?");
  clock.advance(Milliseconds(1));
  say(std::string(70, 'x') + " a-long-name-at-the-cut", kTwo);
  clock.advance(Milliseconds(1));
  say("and cart?");
  auto listed = list();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].id, kOne);
  EXPECT_EQ(listed[0].title, "why is checkout failing?");
  EXPECT_EQ(listed[0].turns, 2);
  EXPECT_EQ(listed[0].began, kStart);
  EXPECT_EQ(listed[0].last, kStart + Milliseconds(2));
  EXPECT_EQ(listed[1].title, std::string(70, 'x')) << "no name is cut in two";
}

TEST_F(ConversationStore, AnotherUsersConversationIsNotFound) {
  say("a secret of erin's");
  Owner vic{"shop", "vic"};
  EXPECT_THAT(list(vic), IsEmpty());
  EXPECT_EQ(read(kOne, vic).error().code, Code::not_found);
  EXPECT_EQ(remove(kOne, vic).error().code, Code::not_found);
  say("of vic's", kOne, vic);
  EXPECT_THAT(messages(), ElementsAre("a secret of erin's")) << "the same id is another conversation";
  EXPECT_EQ(read(kOne, vic)->size(), 1u);
}

TEST_F(ConversationStore, AConversationInAnotherWorkspaceIsNotFound) {
  say("of shop's");
  Owner elsewhere{"globex", "erin"};
  EXPECT_THAT(list(elsewhere), IsEmpty());
  EXPECT_EQ(read(kOne, elsewhere).error().code, Code::not_found);
  EXPECT_EQ(remove(kOne, elsewhere).error().code, Code::not_found);
  EXPECT_EQ(messages().size(), 1u);
}

TEST_F(ConversationStore, WhatIsDeletedIsGoneWithItsTurns) {
  say("one");
  say("two", kTwo);
  ASSERT_TRUE(remove(kOne, kErin));
  EXPECT_EQ(read().error().code, Code::not_found);
  EXPECT_EQ(remove(kOne, kErin).error().code, Code::not_found);
  EXPECT_EQ(rows("conversation_turns"), 1);
  EXPECT_EQ(list().size(), 1u);
}

TEST_F(ConversationStore, OnlyTheLastTurnsAreKept) {
  for (std::size_t i = 0; i < kMaxTurnsKept + 3; ++i) say(std::to_string(i));
  auto kept = messages();
  EXPECT_EQ(kept.size(), kMaxTurnsKept);
  EXPECT_EQ(kept.front(), "3");
  EXPECT_EQ(list().front().turns, std::int64_t(kMaxTurnsKept));
}

TEST_F(ConversationStore, TheLongestUnusedConversationGoesForANewOne) {
  for (std::size_t i = 0; i <= kMaxConversations; ++i) {
    say("hello", fmt::format("conversation-{}", i));
    clock.advance(Milliseconds(1));
  }
  say("of vic's", kOne, {"shop", "vic"});
  EXPECT_EQ(list().size(), kMaxConversations);
  EXPECT_EQ(read("conversation-0").error().code, Code::not_found);
  EXPECT_TRUE(read("conversation-1"));
  EXPECT_EQ(rows("conversation_turns"), std::int64_t(kMaxConversations) + 1);
}

TEST_F(ConversationStore, LongTextsAreCutAndATurnThatNamesTooMuchKeepsNoProse) {
  append(entry(std::string(kMaxMessageBytes + 1, 'x'),
               std::string(kMaxAnswerBytes / 2 + 5, 'a') + ' ' + std::string(kMaxAnswerBytes, 'b')));
  EXPECT_EQ(read()->at(0).message, "") << "one word that does not fit";
  EXPECT_EQ(read()->at(0).answer.size(), kMaxAnswerBytes / 2 + 5);
  Entry much = entry("list everything", "everything");
  for (std::size_t i = 0; i <= kMaxMentioned; ++i) much.mentioned.push_back(deployment(fmt::format("app-{}", i)));
  append(much, kTwo);
  EXPECT_EQ(read(kTwo)->at(0).answer, "");
  EXPECT_EQ(read(kTwo)->at(0).mentioned.size(), kMaxMentioned);
  EXPECT_EQ(list().front().title, "");
}

TEST_F(ConversationStore, OldConversationsGoByTheirLastTurn) {
  say("old");
  say("kept", kTwo);
  clock.advance(kRetention / 2);
  say("again", kTwo);
  clock.advance(kRetention / 2 + Milliseconds(1));
  ASSERT_TRUE(wait_for(conversations.forget_old(ctx)));
  EXPECT_EQ(read().error().code, Code::not_found);
  EXPECT_THAT(messages(kTwo), ElementsAre("kept", "again"));
  EXPECT_EQ(rows("conversation_turns"), 2);
}

TEST_F(ConversationStore, ADamagedRowLosesItsReferencesAndNoMore) {
  say("hello");
  for (const char* damaged : {"", "[]", "{\"subjects\":5}", "{\"intent\":\"dance\",\"done\":[1]}"}) {
    ASSERT_TRUE(database.write([damaged = std::string(damaged)](Session& session) {
      return session.execute("UPDATE conversation_turns SET about = $1", {damaged});
    }));
    EXPECT_EQ(messages().size(), 1u) << damaged;
  }
}

}  // namespace
}  // namespace ai_ops::conversations
