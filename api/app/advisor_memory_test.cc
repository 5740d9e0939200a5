#include "api/app/advisor_memory.h"

#include <gtest/gtest.h>

#include <string>

#include "foundation/json/view.h"

namespace api::app {
namespace {

using foundation::Code;
namespace json = foundation::json;

const std::string kId = "019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a10";

json::Object summary() {
  return {{"id", kId},
          {"title", "why is checkout failing?"},
          {"began_at", "2026-01-02T03:04:05.000Z"},
          {"last_at", "2026-01-02T03:05:00.000Z"},
          {"turns", 2}};
}
json::Object turn() {
  return {
      {"turn_id", kId},
      {"at", "2026-01-02T03:04:05.000Z"},
      {"message", "scale web to 5"},
      {"answer", "Done."},
      {"objects", {json::Object{{"kind", "Deployment"}, {"project", "shop"}, {"name", "web"}}}},
      {"operations", {json::Object{{"operation", "scale"}, {"arguments", {{"replicas", 5}}}, {"became", "executed"}}}}};
}
json::Object with(json::Object object, std::string_view member, json::Value value) {
  object[member] = std::move(value);
  return object;
}
std::string list_of(json::Value row) { return json::to_text(json::Object{{"conversations", {std::move(row)}}}); }
std::string one_of(json::Value row) { return json::to_text(json::Object{{"id", kId}, {"turns", {std::move(row)}}}); }

TEST(AdvisorMemory, WhatFitsTheContractComesThrough) {
  auto list = read_conversation_list(list_of(summary()));
  ASSERT_TRUE(list) << list.error().text();
  EXPECT_EQ(json::Value(*list), json::Value(json::Object{{"conversations", json::Array{summary()}}}));
  auto one = read_one_conversation(one_of(turn()), kId);
  ASSERT_TRUE(one) << one.error().text();
  EXPECT_EQ(json::Value(*one), json::Value(json::Object{{"id", kId}, {"turns", json::Array{turn()}}}));
}

TEST(AdvisorMemory, OnlyKnownMembersAndVisibleTextComeThrough) {
  auto list = read_conversation_list(
      list_of(with(with(summary(), "approve_url", "https://evil.example"), "title", "a\x1b[31m\xe2\x80\xaeg")));
  ASSERT_TRUE(list);
  EXPECT_EQ(json::to_text(*list).find("evil"), std::string::npos);
  EXPECT_EQ(json::View(list->at("conversations"))[std::size_t{0}]["title"].text(), "a[31mg");
  auto hostile = with(turn(), "operations",
                      json::Array{json::Object{{"operation",
                                                "sc\x1b"
                                                "ale"},
                                               {"arguments",
                                                {{"name",
                                                  "we\xe2\x80\x8b"
                                                  "b"}}},
                                               {"became", "executed"},
                                               {"op_hash", "sha256:1"}}});
  auto one = read_one_conversation(one_of(hostile), kId);
  ASSERT_TRUE(one);
  json::View operation = json::View(one->at("turns"))[std::size_t{0}]["operations"][std::size_t{0}];
  EXPECT_EQ(operation["operation"].text(), "scale");
  EXPECT_EQ(operation["arguments"]["name"].text(), "web");
  EXPECT_FALSE(operation["op_hash"]);
}

TEST(AdvisorMemory, WhatDoesNotFitIsUnavailable) {
  const std::string lists[] = {
      "",
      "[]",
      "{}",
      R"({"conversations":{}})",
      list_of(1),
      list_of(with(summary(), "id", "../../users")),
      list_of(with(summary(), "title", 5)),
      list_of(with(summary(), "title", json::Value(std::string(401, 'x')))),
      list_of(with(summary(), "last_at", "yesterday")),
      list_of(with(summary(), "turns", -1)),
      json::to_text(json::Object{{"conversations", json::Array(201, summary())}}),
  };
  for (const std::string& body : lists) {
    auto read = read_conversation_list(body);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().code, Code::unavailable);
  }
  const std::string ones[] = {
      "",
      "{}",
      one_of(json::Object{}),
      one_of(with(turn(), "turn_id", "x")),
      one_of(with(turn(), "answer", json::Value(std::string((64 << 10) + 1, 'x')))),
      one_of(with(turn(), "objects", json::Array(21, json::Object{}))),
      one_of(with(turn(), "operations", json::Array{json::Object{{"operation", "scale"}}})),
      one_of(with(turn(), "operations",
                  json::Array{json::Object{{"operation", "s"}, {"arguments", json::Array{}}, {"became", "executed"}}})),
      one_of(
          with(turn(), "operations",
               json::Array{json::Object{{"operation", "s"}, {"arguments", json::Object{}}, {"became", "approved"}}})),
  };
  for (const std::string& body : ones) {
    auto read = read_one_conversation(body, kId);
    ASSERT_FALSE(read) << body.substr(0, 200);
    EXPECT_EQ(read.error().code, Code::unavailable);
  }
}

}  // namespace
}  // namespace api::app
