#include "foundation/json/value.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace foundation::json {
namespace {

Value read(std::string_view text) {
  auto value = parse_tolerant(text);
  EXPECT_TRUE(value) << text;
  return value ? *std::move(value) : Value();
}

TEST(TolerantParser, KeepsTheLastDuplicate) { EXPECT_EQ(to_text(read(R"({"a":1,"\u0061":2})")), R"({"a":2})"); }

TEST(TolerantParser, RefusesTrailingBytesAndCutOffInput) {
  for (std::string_view text : {"", " ", "{} {}", "[1", "nul", "\"a", "{\"a\":}", "[1]\xff"}) {
    auto value = parse_tolerant(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, Code::invalid) << text;
  }
}

TEST(TolerantParser, HoldsItsLimits) {
  EXPECT_TRUE(parse_tolerant(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(parse_tolerant(std::string(65, '[') + std::string(65, ']')));
  EXPECT_EQ(parse_tolerant("12345", {.bytes = 4, .depth = 1}).error().code, Code::too_large);
}

TEST(TolerantParser, ReadsABareNumberAtTheEnd) { EXPECT_EQ(read("42"), Value(42)); }

TEST(Text, WritesDoublesForPeopleAndKeepsThemDoubles) {
  EXPECT_EQ(to_text(read("[0.9,1.0,1e22,-0.0,1e-7,100000.0]")), "[0.9,1.0,1e+22,-0.0,1e-07,100000.0]");
}

TEST(Text, WritesNullForWhatJsonCannotSay) {
  EXPECT_EQ(to_text(Array{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}),
            "[null,null]");
}

TEST(Text, WritesBothKindsOfInteger) {
  EXPECT_EQ(to_text(read("[18446744073709551615,-9223372036854775808]")),
            "[18446744073709551615,-9223372036854775808]");
}

TEST(Text, EscapesWhatJsonRequiresAndNoMore) {
  EXPECT_EQ(to_text(Value("\x01\b\t\n\v\f\r\x1f\"\\/\x7f<é😀")),
            "\"\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\x7f<é😀\"");
  EXPECT_EQ(to_text(Value(boost::json::string("a\0b", 3))), R"("a\u0000b")");
}

TEST(Text, PrettyPutsOneMemberALine) {
  EXPECT_EQ(to_pretty(read(R"({"a":[1,{"b":null}],"c":{},"d":[],"e":"x"})")), R"({
  "a": [
    1,
    {
      "b": null
    }
  ],
  "c": {},
  "d": [],
  "e": "x"
})");
}

struct SubsetRow {
  const char* part;
  const char* whole;
  bool is_subset;
};

TEST(Subset, ComparesMembersThatThePartNames) {
  const SubsetRow rows[] = {
      {R"({})", R"({"a":1})", true},
      {R"({"a":{"b":1}})", R"({"a":{"b":1,"c":2},"d":3})", true},
      {R"({"a":{"b":1}})", R"({"a":{"b":2}})", false},
      {R"({"a":1})", R"({})", false},
      {R"({"a":null})", R"({})", false},
      {R"({"a":null})", R"({"a":null})", true},
      {R"({"a":[{"b":1},2]})", R"({"a":[{"b":1,"c":3},2]})", true},
      {R"([1])", R"([1,2])", false},
      {R"([])", R"([1])", false},
      {R"([1,2])", R"([2,1])", false},
      {R"({"a":1})", R"({"a":"1"})", false},
      {R"({})", R"([])", false},
      {R"({})", R"(null)", false},
      {R"("x")", R"("x")", true},
  };
  for (const SubsetRow& row : rows)
    EXPECT_EQ(is_subset(read(row.part), read(row.whole)), row.is_subset) << row.part << " in " << row.whole;
}

TEST(Subset, ComparesIntegersByValueWhateverTheirSign) {
  EXPECT_TRUE(is_subset(Value(std::uint64_t{5}), Value(std::int64_t{5})));
  EXPECT_FALSE(is_subset(Value(std::numeric_limits<std::uint64_t>::max()), Value(std::int64_t{-1})));
}

}  // namespace
}  // namespace foundation::json
