// What of the advisor's stream may reach a user: a closed table, event by event.
#include "api/turns/events.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
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

std::string name_of(const std::string& word) { return word.substr(0, word.find_first_of("{[#?")); }

// A value of the type that the word's mark says, and one that is of none.
json::Value example(const std::string& word) {
  if (word.ends_with("{}")) return json::Value(json::Object{{"kind", "Pod"}});
  if (word.ends_with("[]")) return json::Value(json::Array{"x"});
  if (word.ends_with("#")) return json::Value(7);
  return json::Value("x");
}
const json::Value kOfNoType(true);

json::Object whole_event(const EventRow& row) {
  json::Object data;
  for (const auto& word : words(row.required)) data[name_of(word)] = example(word);
  for (const auto& word : words(row.optional)) data[name_of(word)] = example(word);
  return data;
}

// ---- contracts/events.schema.json

const json::Object& schema() {
  static const json::Value kSchema = [] {
    std::ifstream file("contracts/events.schema.json");
    std::stringstream text;
    text << file.rdbuf();
    return json::parse_strict(text.str()).value();
  }();
  return kSchema.get_object();
}

const json::Object& definition(std::string_view name) { return schema().at("$defs").at(name).as_object(); }

bool has(const json::Value& list, std::string_view text) {
  return std::ranges::find(list.as_array(), json::Value(text)) != list.as_array().end();
}

// As kEvents marks it; "!" for a type that it has no mark for.
std::string mark_of(const json::Object& type) {
  if (const auto* reference = type.if_contains("$ref"))
    return mark_of(definition(std::string(reference->as_string()).substr(std::string("#/$defs/").size())));
  if (const auto* values = type.if_contains("enum"))
    return std::ranges::all_of(values->as_array(), [](const auto& value) { return value.is_string(); }) ? "" : "!";
  const auto* name = type.if_contains("type");
  if (!name) return "!";
  if (*name == json::Value(json::Array{"string", "null"})) return "?";
  const std::map<std::string, std::string> marks{{"string", ""}, {"object", "{}"}, {"array", "[]"}, {"integer", "#"}};
  auto found = name->is_string() ? marks.find(std::string(name->as_string())) : marks.end();
  return found == marks.end() ? "!" : found->second;
}

// What the schema wants of the advisor: the control plane itself sets the rest.
struct Wanted {
  std::set<std::string> required, optional;
};
Wanted wanted(std::string_view event) {
  const std::set<std::string, std::less<>> ours{"event", "seq", "turn_id", "at", "request_id"};
  Wanted found;
  for (const auto& [name, type] : definition(event).at("properties").as_object()) {
    if (ours.contains(name)) continue;
    bool required = has(definition(event).at("required"), name);
    (required ? found.required : found.optional).insert(std::string(name) + mark_of(type.as_object()));
  }
  return found;
}

// It asked for less than the contract: a finding without its object or evidence reached the user.
TEST(Events, TheTableIsTheSchemas) {
  std::set<std::string> events;
  for (const auto& reference : schema().at("oneOf").as_array())
    events.insert(std::string(reference.at("$ref").as_string()).substr(std::string("#/$defs/").size()));
  EXPECT_EQ(events.size(), kEvents.size());
  for (const auto& row : kEvents) {
    ASSERT_TRUE(events.contains(std::string(row.name))) << row.name;
    EXPECT_EQ(has(definition(row.name).at("x-from"), "advisor"), row.from == From::advisor) << row.name;
    if (row.from != From::advisor) continue;
    EXPECT_EQ(words(row.required), wanted(row.name).required) << row.name;
    EXPECT_EQ(words(row.optional), wanted(row.name).optional) << row.name;
  }
}

// system.md 6. Written out, so that a row that moves to the other side fails here.
TEST(Events, TheAdvisorMaySendExactlyThese) {
  const std::set<std::string_view> its{"agent", "tool", "finding", "checked", "delta", "usage", "error"};
  const std::set<std::string_view> ours{"turn", "proposal", "operation", "done"};
  EXPECT_EQ(kEvents.size(), its.size() + ours.size());
  for (auto name : its) EXPECT_EQ(dropped(name, json::to_text(whole_event(*find_event(name)))), "") << name;
  for (auto name : ours) EXPECT_EQ(dropped(name, R"({"outcome":"executed","approval_id":"a"})"), "forged") << name;
  for (std::string_view name : {"", "message", "Delta", "delta ", "operation2", "approval"})
    EXPECT_EQ(dropped(name, R"({"text":"x"})"), "unknown") << name;
}

TEST(Events, EachRequiredMemberIsRequiredAndAllAreOfTheirType) {
  for (const auto& row : kEvents) {
    if (row.from != From::advisor) continue;
    for (const auto& word : words(row.required)) {
      auto data = whole_event(row);
      data.erase(name_of(word));
      EXPECT_EQ(dropped(row.name, json::to_text(data)), "malformed") << row.name << " without " << word;
    }
    for (const auto& [member, value] : whole_event(row)) {
      auto data = whole_event(row);
      data[member] = kOfNoType;
      EXPECT_EQ(dropped(row.name, json::to_text(data)), "malformed") << row.name << " " << member;
    }
    auto data = whole_event(row);
    for (const auto& word : words(row.optional)) data.erase(name_of(word));
    EXPECT_EQ(dropped(row.name, json::to_text(data)), "") << row.name << " with no more than it must have";
  }
}

TEST(Events, OnlyAModelMayBeNullAndCountsAreNotNegative) {
  const std::string usage = R"({"model":null,"input_tokens":0,"output_tokens":0,"duration_ms":0})";
  EXPECT_EQ(dropped("usage", usage), "");
  EXPECT_EQ(dropped("delta", R"({"text":null})"), "malformed");
  for (std::string_view count : {"-1", "0.5", "\"1\"", "null", "18446744073709551615"}) {
    std::string text = usage;
    text.replace(text.find("\"input_tokens\":0") + 15, 1, count);
    EXPECT_EQ(dropped("usage", text), "malformed") << count;
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
    for (std::string_view own : {"seq", "turn_id", "at", "event", "request_id"})
      EXPECT_FALSE(whole_event(row).contains(own)) << row.name;
}

TEST(Events, TextIsCleanedAtEveryDepthAndSaysSo) {
  auto accepted =
      accept_from_advisor("finding", R"({"id":"f1","severity":"critical","object":{},"title":"a\u202eb","causes":[],)"
                                     R"("evidence":[{"text":"\u001b[31mred","k\u200bey":["\udb40\udc41tag"]}]})");
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
