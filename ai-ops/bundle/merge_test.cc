#include "ai-ops/bundle/merge.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ai_ops::bundle {
namespace {

json::Object object(std::string_view text) { return foundation::json::parse_tolerant(text).value().as_object(); }

TEST(Merger, TheBetterSourceWinsAndTheOtherFillsIn) {
  Merger merger;
  merger.add(object(R"({"kind":"Pod","metadata":{"name":"web","namespace":"shop"},"status":{"phase":"Pending"}})"),
             Source::listed);
  merger.add(object(R"({"kind":"Pod","metadata":{"name":"web","namespace":"shop"},"status":{"phase":"Running"},
                        "spec":{"containers":[{"name":"app","image":"a:1"}]}})"),
             Source::described);
  merger.add(object(R"({"kind":"Pod","metadata":{"name":"web","namespace":"shop"},
                        "spec":{"nodeName":"n1","containers":[{"name":"app","image":"a:0","tty":true},{"name":"x"}]}})"),
             Source::manifest);
  auto merged = std::move(merger).take();
  ASSERT_EQ(merged.size(), 1u);
  EXPECT_EQ(foundation::json::to_text(json::Value(merged[0])),
            R"({"kind":"Pod","metadata":{"name":"web","namespace":"shop"},"status":{"phase":"Running"},)"
            R"("spec":{"containers":[{"name":"app","image":"a:1","tty":true}],"nodeName":"n1"}})");
}

TEST(Merger, ANameThatAListTellsTwiceIsFilledInOnce) {
  json::Object whole = object(R"({"a":[{"name":"x"},{"name":"x"},{"name":"y"},{"name":5}]})");
  fill_in(whole, object(R"({"a":[{"name":"y","b":1},{"name":"x","b":2},{"name":"x","c":3},{"name":5,"b":4}]})"));
  EXPECT_EQ(foundation::json::to_text(json::Value(whole)),
            R"({"a":[{"name":"x","b":2},{"name":"x"},{"name":"y","b":1},{"name":5}]})");
}

TEST(Merger, OfOneObjectSoManyTellingsAreKeptOfEachSource) {
  Merger merger;
  auto told = [](std::size_t number) {
    return object(fmt::format(R"({{"kind":"Pod","metadata":{{"name":"web"}},"m{}":1}})", number));
  };
  for (std::size_t i = 0; i <= kMaxTellings; ++i) merger.add(told(i), Source::described);
  merger.add(told(100), Source::api);
  auto merged = std::move(merger).take();
  ASSERT_EQ(merged.size(), 1u);
  EXPECT_TRUE(merged[0].contains("m100"));
  EXPECT_TRUE(merged[0].contains(fmt::format("m{}", kMaxTellings - 1)));
  EXPECT_FALSE(merged[0].contains(fmt::format("m{}", kMaxTellings)));
}

TEST(Merger, WhatHasNoNameGoes) {
  Merger merger;
  merger.add(object(R"({"kind":"Pod","metadata":{}})"), Source::listed);
  merger.add(object("{}"), Source::listed);
  EXPECT_TRUE(std::move(merger).take().empty());
}

TEST(Merger, AnEventThatSeveralSourcesTellIsThatOfTheBest) {
  auto event = [](const char* name, const char* message) {
    return object(fmt::format(R"({{"kind":"Event","metadata":{{"name":"{}"}},"reason":"BackOff","message":"{}",
                                 "involvedObject":{{"kind":"Pod","name":"web"}}}})",
                              name, message));
  };
  Merger merger;
  merger.add(event("listed-1", "a"), Source::listed);
  merger.add(event("described-1", "a"), Source::described);
  merger.add(event("listed-2", "a"), Source::listed);
  merger.add(event("listed-3", "b"), Source::listed);
  merger.add(event("listed-4", "b"), Source::listed);
  merger.add(event("api-1", "c"), Source::api);
  merger.add(event("api-2", "c"), Source::api);
  std::string names;
  for (const auto& each : std::move(merger).take())
    names += std::string(each.at("metadata").at("name").as_string()) + " ";
  EXPECT_EQ(names, "described-1 listed-4 api-1 api-2 ");
}

TEST(Merger, AManifestOfAKindOfWhichOthersTellMakesNoObject) {
  constexpr const char* kWeb = R"({"kind":"Deployment","metadata":{"name":"web","namespace":"shop"}})";
  constexpr const char* kGone = R"({"kind":"Deployment","metadata":{"name":"gone","namespace":"shop"}})";
  Merger alone, beside;
  for (Merger* merger : {&alone, &beside}) merger->add(object(kGone), Source::manifest);
  beside.add(object(kWeb), Source::listed);
  EXPECT_EQ(std::move(alone).take().size(), 1u);
  auto merged = std::move(beside).take();
  ASSERT_EQ(merged.size(), 1u);
  EXPECT_EQ(merged[0].at("metadata").at("name"), "web");
}

}  // namespace
}  // namespace ai_ops::bundle
