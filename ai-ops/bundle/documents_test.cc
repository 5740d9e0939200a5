#include "ai-ops/bundle/documents.h"

#include <gtest/gtest.h>

#include <string>

namespace ai_ops::bundle {
namespace {

std::string told(const Document& document) {
  std::string out(document.kind);
  for (std::string_view object : document.objects) out += "|" + std::string(object);
  return out + (document.is_whole ? "" : "|cut");
}

TEST(CutJson, AnObjectOrTheItemsOfAList) {
  EXPECT_EQ(told(cut_json(R"({"kind":"Pod","a":[{"b":1}]} rest)")), R"(Pod|{"kind":"Pod","a":[{"b":1}]})");
  EXPECT_EQ(told(cut_json(R"({"items":[{"a":1}, {"items":[{"b":2}]}],"kind":"List"})")),
            R"(List|{"a":1}|{"items":[{"b":2}]})");
  EXPECT_EQ(told(cut_json(R"([{"a":"}]\"{"},{"b":1}])")), R"(|{"a":"}]\"{"}|{"b":1})");
  EXPECT_EQ(told(cut_json(R"({"items":null,"kind":"PodList"})")), R"(PodList|{"items":null,"kind":"PodList"})");
  EXPECT_EQ(cut_json(R"({"a":1}{"b":2})").size, 7u);
}

TEST(CutJson, WhatStandsBeforeTheEndOfACutTextIsThere) {
  EXPECT_EQ(told(cut_json(R"({"kind":"PodList","items":[{"a":1},{"b":)")), R"(PodList|{"a":1}|cut)");
  for (const char* text : {"{", "[", "{\"", "{\"\\", "[{", "{\"a", "{\"kind\":", "{]"})
    EXPECT_LE(cut_json(text).size, std::string_view(text).size() + 1) << text;
}

TEST(CutYaml, DocumentsAndTheItemsOfAList) {
  auto documents = cut_yaml(
      "# two\n---\nkind: Pod\nmetadata:\n  name: a\n---\napiVersion: v1\nitems:\n- kind: A\n  x: |\n    - y\n"
      "- kind: B\nkind: \"List\"\nmetadata: {}\n---\n# nothing\n");
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0].kind, "Pod");
  EXPECT_FALSE(documents[0].is_list);
  EXPECT_EQ(told(documents[1]), "List|- kind: A\n  x: |\n    - y\n|- kind: B\n");
}

TEST(CutYaml, AnIndentedListIsOnePiece) {
  auto documents = cut_yaml("kind: List\nitems:\n  - kind: A\n  - kind: B\n");
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_FALSE(documents[0].is_list);
  EXPECT_EQ(documents[0].objects.size(), 1u);
}

}  // namespace
}  // namespace ai_ops::bundle
