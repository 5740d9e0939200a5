#include "foundation/manifests/manifests.h"

#include <gtest/gtest.h>

namespace foundation::manifests {
namespace {

std::string told(std::string_view yaml, std::size_t max_nodes = kMaxNodes) {
  auto values = parse_manifests(yaml, max_nodes);
  return values ? json::to_text(json::Value(json::Array(values->begin(), values->end()))) : values.error().cause;
}

TEST(Manifests, DocumentsAndListsAreOneRowOfObjects) {
  EXPECT_EQ(told("kind: List\nitems: [{a: 1}, {a: '1'}]\n---\na: ~\n---\nb: |\n  x\n"),
            R"([{"a":1},{"a":"1"},{"a":null},{"b":"x\n"}])");
  EXPECT_EQ(told(""), "[]");
}

TEST(Manifests, AliasesCountEachTimeTheyAreUsed) {
  std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 12; ++i)
    bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  EXPECT_EQ(told(bomb, 10'000), "too many values");
  EXPECT_EQ(told("a: &a [1, 2]\nb: *a\n"), R"([{"a":[1,2],"b":[1,2]}])");
  EXPECT_EQ(told("a: &a [1, *a]\n"), "nested too deep");
  EXPECT_EQ(told("a: &a [*a, *a]\n", 10'000), "nested too deep");
}

TEST(Manifests, WhatIsNestedTooDeepIsRefused) {
  EXPECT_NE(told(std::string(100'000, '[')), "[]");
  EXPECT_EQ(told(std::string(100, '[') + std::string(100, ']')), "nested too deep");
}

}  // namespace
}  // namespace foundation::manifests
