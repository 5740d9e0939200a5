// What of the advisor's stream may reach a user: a closed table, event by event.
#include "api/turns/events.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

namespace api::turns {
namespace {

namespace json = foundation::json;

std::string dropped(std::string_view name, std::string_view data) {
  auto accepted = accept_from_advisor(name, data);
  EXPECT_EQ(accepted.event.has_value(), accepted.dropped.empty());
  return accepted.dropped;
}

std::set<std::string> words(std::string_view text) {
  std::istringstream in{std::string(text)};
  return {std::istream_iterator<std::string>(in), {}};
}

const std::string kEverything =
    R"({"name":"n","task":"t","id":"i","state":"started","severity":"info","title":"t","text":"x","code":"c",)"
    R"("outcome":"executed","approval_id":"a"})";

// system.md 6. Written out, so that a row that moves to the other side fails here.
TEST(Events, TheAdvisorMaySendExactlyThese) {
  const std::set<std::string_view> its{"agent", "tool", "finding", "delta", "usage", "error"};
  const std::set<std::string_view> ours{"turn", "proposal", "operation", "done"};
  EXPECT_EQ(kEvents.size(), its.size() + ours.size());
  for (auto name : its) EXPECT_EQ(dropped(name, kEverything), "") << name;
  for (auto name : ours) EXPECT_EQ(dropped(name, kEverything), "forged") << name;
  for (std::string_view name : {"", "message", "Delta", "delta ", "operation2", "approval"})
    EXPECT_EQ(dropped(name, kEverything), "unknown") << name;
}

TEST(Events, EachRequiredMemberIsRequiredAndIsText) {
  for (const auto& row : kEvents) {
    if (row.from != From::advisor) continue;
    for (const auto& member : words(row.required)) {
      auto data = json::parse_strict(kEverything).value();
      data.as_object().erase(member);
      EXPECT_EQ(dropped(row.name, json::to_text(data)), "malformed") << row.name << " without " << member;
      for (const json::Value& wrong : {json::Value(1), json::Value(nullptr), json::Value(json::Array{"x"})}) {
        data.as_object()[member] = wrong;
        EXPECT_EQ(dropped(row.name, json::to_text(data)), "malformed") << row.name << " " << member;
      }
    }
  }
}

TEST(Events, WhatIsNotJsonIsMalformed) {
  for (std::string_view bad : {"", "null", "[]", "\"text\"", "{", "{\"text\":\"a\"} trailing",
                               "{\"text\":\"a\",\"text\":\"b\"}", "{\"text\":\"\xff\"}", "{\"text\":\"\\ud800\"}"})
    EXPECT_EQ(dropped("delta", bad), "malformed") << bad;
  EXPECT_EQ(dropped("delta", std::string(100'000, '[')), "malformed");
}

TEST(Events, OtherMembersAreLeftOut) {
  auto accepted = accept_from_advisor(
      "delta", R"({"text":"a","seq":99,"turn_id":"another","at":"x","state":"executed","html":"<b>"})");
  ASSERT_TRUE(accepted.event);
  EXPECT_EQ(accepted.event->data, (json::Object{{"text", "a"}}));
}

TEST(Events, NoEventOfTheAdvisorMaySetTheFramesOwnMembers) {
  for (const auto& row : kEvents)
    for (std::string_view own : {"seq", "turn_id", "at", "event"})
      EXPECT_FALSE(words(row.allowed).contains(std::string(own))) << row.name;
}

TEST(Events, EveryRequiredMemberIsAllowed) {
  for (const auto& row : kEvents)
    EXPECT_TRUE(std::ranges::includes(words(row.allowed), words(row.required))) << row.name;
}

TEST(Events, TextIsCleanedAtEveryDepthAndSaysSo) {
  auto accepted = accept_from_advisor(
      "finding", R"({"id":"f1","severity":"critical","title":"a\u202eb","evidence":[{"text":"\u001b[31mred","k\u200be)"
                 R"(y":["\udb40\udc41tag"]}]})");
  ASSERT_TRUE(accepted.event);
  EXPECT_TRUE(accepted.cleaned);
  EXPECT_EQ(accepted.event->data["title"], "ab");
  const json::Value evidence = accepted.event->data["evidence"];
  EXPECT_EQ(evidence.as_array()[0].as_object().at("text"), "[31mred");
  EXPECT_EQ(evidence.as_array()[0].as_object().at("key"), (json::Array{"tag"}));
}

TEST(Events, LinesTabsAndOrdinaryTextPassUnchanged) {
  auto accepted = accept_from_advisor("delta", R"({"text":"one\n\ttwo – drei ✓ 日本"})");
  ASSERT_TRUE(accepted.event);
  EXPECT_FALSE(accepted.cleaned);
  EXPECT_EQ(accepted.event->data["text"], "one\n\ttwo – drei ✓ 日本");
}

TEST(Events, NumbersOfUsagePass) {
  auto accepted = accept_from_advisor("usage", R"({"model":"m","input_tokens":12,"output_tokens":3,"duration_ms":40})");
  ASSERT_TRUE(accepted.event);
  EXPECT_EQ(accepted.event->data["input_tokens"], 12);
  EXPECT_FALSE(accepted.cleaned);
}

}  // namespace
}  // namespace api::turns
