#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "foundation/json/value.h"

namespace foundation::json {
namespace {

std::string canonical_of(std::string_view text) {
  auto value = parse_strict(text);
  if (!value) return "not read: " + value.error().text();
  auto out = canonical(*value);
  return out ? *out : "refused: " + out.error().text();
}

// RFC 8785 section 3.2.2.2 (strings) and 3.2.2.1 (literals), its sample without the doubles.
TEST(Canonical, WritesTheSampleOfTheRfc) {
  EXPECT_EQ(canonical_of(R"({
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "numbers": [333333333, 4, -2, 0],
      "literals": [null, true, false]
    })"),
            R"({"literals":[null,true,false],"numbers":[333333333,4,-2,0],)"
            "\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

// RFC 8785 section 3.2.3: a smiley (a surrogate pair) sorts before U+FB33.
TEST(Canonical, SortsTheNamesOfTheRfcByUtf16) {
  EXPECT_EQ(canonical_of(R"({
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
    })"),
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
            "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\","
            "\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

TEST(Canonical, SortsAtEveryDepthAndKeepsTheOrderOfArrays) {
  EXPECT_EQ(canonical_of(R"({"b":[3,1,{"z":1,"y":2}],"a":{"d":1,"c":2}})"),
            R"({"a":{"c":2,"d":1},"b":[3,1,{"y":2,"z":1}]})");
}

TEST(Canonical, SortsAPrefixFirstAndTheEmptyNameBeforeAll) {
  EXPECT_EQ(canonical_of(R"({"ab":1,"a":2,"":3,"b":4,"aa":5})"), R"({"":3,"a":2,"aa":5,"ab":1,"b":4})");
}

TEST(Canonical, TakesIntegersThatADoubleHoldsExactly) {
  EXPECT_EQ(canonical_of("[9007199254740991,-9007199254740991,-0]"), "[9007199254740991,-9007199254740991,0]");
  for (std::string_view text : {"9007199254740992", "-9007199254740992", "9223372036854775807", "1.0", "1e2", "0.5"})
    EXPECT_TRUE(canonical_of(text).starts_with("refused: ")) << text;
}

TEST(Canonical, RefusesDeepInsideToo) {
  EXPECT_TRUE(canonical_of(R"({"a":[{"b":1.5}]})").starts_with("refused: "));
  EXPECT_EQ(canonical(Object{{"a", Array{std::numeric_limits<std::uint64_t>::max()}}}).error().code, Code::invalid);
}

TEST(Canonical, WritesAnUnsignedLikeASignedInteger) { EXPECT_EQ(*canonical(Value(std::uint64_t{7})), "7"); }

TEST(Canonical, RefusesWhatIsNotUtf8) {
  EXPECT_FALSE(canonical(Value("\xff")));
  EXPECT_FALSE(canonical(Value("\xed\xa0\x80")));
  EXPECT_FALSE(canonical(Object{{"\xff", 1}}));
}

std::string utf8_of(char32_t c) {
  std::string out;
  if (c < 0x80) return {static_cast<char>(c)};
  int tail = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  static constexpr unsigned kLead[] = {0, 0xc0, 0xe0, 0xf0};
  out += static_cast<char>(kLead[tail] | (c >> (6 * tail)));
  while (tail-- > 0) out += static_cast<char>(0x80 | ((c >> (6 * tail)) & 0x3f));
  return out;
}

std::u16string utf16_of(char32_t c) {
  if (c < 0x10000) return {static_cast<char16_t>(c)};
  c -= 0x10000;
  return {static_cast<char16_t>(0xd800 + (c >> 10)), static_cast<char16_t>(0xdc00 + (c & 0x3ff))};
}

// Code points from the ranges whose order differs between UTF-8 and UTF-16, and those that need escapes.
rc::Gen<char32_t> any_code_point() {
  return rc::gen::oneOf(rc::gen::inRange<char32_t>(1, 0x80), rc::gen::inRange<char32_t>(0x80, 0xd800),
                        rc::gen::inRange<char32_t>(0xe000, 0x10000), rc::gen::inRange<char32_t>(0x10000, 0x110000));
}

rc::Gen<std::vector<char32_t>> any_text() { return rc::gen::container<std::vector<char32_t>>(any_code_point()); }

std::string utf8_of(const std::vector<char32_t>& text) {
  std::string out;
  for (char32_t c : text) out += utf8_of(c);
  return out;
}

rc::Gen<std::string> any_string() {
  return rc::gen::map(any_text(), [](const std::vector<char32_t>& text) { return utf8_of(text); });
}

Value any_value(int depth) {
  constexpr std::int64_t kMax = (std::int64_t{1} << 53) - 1;
  switch (*rc::gen::inRange(0, depth > 0 ? 6 : 4)) {
    case 0: return nullptr;
    case 1: return *rc::gen::arbitrary<bool>();
    case 2: return *rc::gen::inRange<std::int64_t>(-kMax, kMax + 1);
    case 3: return Value(*any_string());
    case 4: {
      Array out;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) out.push_back(any_value(depth - 1));
      return out;
    }
    default: {
      Object out;
      for (int i = *rc::gen::inRange(0, 6); i > 0; --i) out.insert_or_assign(*any_string(), any_value(depth - 1));
      return out;
    }
  }
}

Value reversed(const Value& value) {
  if (const Array* array = value.if_array()) {
    Array out;
    for (const Value& item : *array) out.push_back(reversed(item));
    return out;
  }
  const Object* object = value.if_object();
  if (!object) return value;
  Object out;
  for (auto at = object->end(); at != object->begin();) {
    --at;
    out.emplace(at->key(), reversed(at->value()));
  }
  return out;
}

RC_GTEST_PROP(CanonicalProperty, ReadingAndWritingAgainChangesNothing, ()) {
  Value value = any_value(3);
  auto once = canonical(value);
  RC_ASSERT(once.has_value());
  auto read = parse_strict(*once);
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == value);
  RC_ASSERT(*canonical(*read) == *once);
}

RC_GTEST_PROP(CanonicalProperty, TheOrderOfMembersDoesNotMatter, ()) {
  Value value = any_value(3);
  RC_ASSERT(*canonical(value) == *canonical(reversed(value)));
}

RC_GTEST_PROP(CanonicalProperty, NamesStandInTheOrderOfTheirUtf16, ()) {
  auto a = *any_text();
  auto b = *any_text();
  RC_PRE(a != b);
  std::u16string a16, b16;
  for (char32_t c : a) a16 += utf16_of(c);
  for (char32_t c : b) b16 += utf16_of(c);
  std::string text = *canonical(Object{{utf8_of(a), 1}, {utf8_of(b), 2}});
  RC_ASSERT(text.ends_with(a16 < b16 ? ":2}" : ":1}"));
}

RC_GTEST_PROP(TextProperty, CompactAndPrettyReadBackAsWritten, ()) {
  Value value = any_value(3);
  RC_ASSERT(*parse_strict(to_text(value)) == value);
  RC_ASSERT(*parse_strict(to_pretty(value)) == value);
}

}  // namespace
}  // namespace foundation::json
