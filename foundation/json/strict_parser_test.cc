#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "foundation/json/value.h"

namespace foundation::json {
namespace {

using namespace std::string_literals;

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::string why_refused(std::string_view text, ParseLimits limits = {}) {
  auto value = parse_strict(text, limits);
  return value ? "accepted: " + to_text(*value) : value.error().text();
}

struct Refused {
  const char* claim;
  std::string text;
};
void PrintTo(const Refused& row, std::ostream* out) { *out << row.claim; }

class StrictlyRefused : public testing::TestWithParam<Refused> {};

TEST_P(StrictlyRefused, AsInvalidWithAnOffset) {
  auto value = parse_strict(GetParam().text);
  ASSERT_FALSE(value) << to_text(*value);
  EXPECT_EQ(value.error().code, Code::invalid);
  EXPECT_NE(value.error().cause.find(" at byte "), std::string::npos) << value.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    Json, StrictlyRefused,
    testing::Values(
        Refused{"duplicate member", R"({"a":1,"a":2})"}, Refused{"duplicate, one escaped", R"({"a":1,"\u0061":2})"},
        Refused{"duplicate, both escaped", R"({"\u0061":1,"\u0061":1})"},
        Refused{"duplicate empty name", R"({"":1,"":2})"}, Refused{"duplicate below", R"([{"x":{"a":1,"b":2,"a":3}}])"},
        Refused{"duplicate around a nested object", R"({"a":{"b":1},"a":2})"}, Refused{"2^63", "9223372036854775808"},
        Refused{"2^64 - 1", "18446744073709551615"}, Refused{"2^64", "18446744073709551616"},
        Refused{"-2^63 - 1", "[-9223372036854775809]"}, Refused{"integer of 400 digits", std::string(400, '9')},
        Refused{"1e400", "1e400"}, Refused{"-1e400", "[-1e400]"},
        Refused{"exponent of many digits", "1e99999999999999999999"}, Refused{"underflow", "1e-400"},
        Refused{"underflow in an object", R"({"a":0.00001e-320})"}, Refused{"NaN", "NaN"},
        Refused{"Infinity", "[Infinity]"}, Refused{"plus sign", "+1"}, Refused{"leading zero", "01"},
        Refused{"no integer part", ".5"}, Refused{"no fraction", "1."}, Refused{"hexadecimal", "0x10"},
        Refused{"byte ff", "\"\xff\""}, Refused{"overlong slash", "\"\xc0\xaf\""},
        Refused{"overlong, three bytes", "\"\xe0\x80\xaf\""}, Refused{"surrogate as UTF-8", "\"\xed\xa0\x80\""},
        Refused{"over U+10FFFF", "\"\xf4\x90\x80\x80\""}, Refused{"cut-off UTF-8", "\"\xe2\x82\""},
        Refused{"bad UTF-8 in a name", "{\"\xff\":1}"}, Refused{"lone high surrogate", R"("\ud800")"},
        Refused{"lone low surrogate", R"("\udc00")"}, Refused{"high surrogate before a letter", R"("\ud800\u0041")"},
        Refused{"two high surrogates", R"("\ud800\ud800")"}, Refused{"lone surrogate in a name", R"({"\ud800":1})"},
        Refused{"NUL in a name", R"({"a\u0000b":1})"}, Refused{"raw control character", "\"a\nb\""},
        Refused{"raw NUL", "\"a\0b\""s}, Refused{"unknown escape", R"("\x41")"}, Refused{"BOM", "\xef\xbb\xbf{}"},
        Refused{"UTF-16", "{\0}\0"s}, Refused{"second value", "{}{}"}, Refused{"trailing word", "{} x"},
        Refused{"trailing NUL", "{}\0"s}, Refused{"trailing BOM", "{}\xef\xbb\xbf"}, Refused{"nothing", ""},
        Refused{"white space only", " \n"}, Refused{"comment", "{/* */}"}, Refused{"line comment", "1 // one"},
        Refused{"trailing comma", "[1,]"}, Refused{"trailing comma in an object", R"({"a":1,})"},
        Refused{"single quotes", "{'a':1}"}, Refused{"bare name", "{a:1}"}, Refused{"not closed", R"({"a":[1)"},
        Refused{"string not closed", R"("abc)"}, Refused{"closed too often", "[]]"}, Refused{"capital True", "True"},
        Refused{"depth 33", nested(33)}, Refused{"depth 10000", nested(10000)},
        Refused{"depth never closed", std::string(100000, '{')}));

TEST(StrictParser, KeepsValuesOfEveryKind) {
  auto value = parse_strict(R"( {"a":[null,true,false,-1,"x\u00e9\ud83d\ude00\n"],"":{"a":1}} )");
  ASSERT_TRUE(value);
  EXPECT_EQ(to_text(*value), "{\"a\":[null,true,false,-1,\"xé😀\\n\"],\"\":{\"a\":1}}");
}

TEST(StrictParser, KeepsTheExtremesOf64BitsAsIntegers) {
  auto value = parse_strict("[9223372036854775807,-9223372036854775808]");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->at(0), Value(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(value->at(1), Value(std::numeric_limits<std::int64_t>::min()));
}

TEST(StrictParser, RoundsADoubleToTheNearest) {
  // The first misreads by an ulp in parsers that multiply by a power of ten.
  for (std::string literal : {"9007199254740993.0", "1.7976931348623157e308", "5e-324", "2.2250738585072014e-308",
                              "0.1", "123456789012345678901234567890.5"}) {
    auto value = parse_strict(literal);
    ASSERT_TRUE(value) << value.error().text();
    ASSERT_TRUE(value->is_double()) << literal;
    EXPECT_EQ(value->get_double(), std::strtod(literal.c_str(), nullptr)) << literal;
  }
}

TEST(StrictParser, ReadsAZeroWithAnyExponent) {
  for (std::string_view literal : {"0.0", "0e5", "-0.0", "0.000e-300"}) {
    auto value = parse_strict(literal);
    ASSERT_TRUE(value) << literal << value.error().text();
    EXPECT_EQ(value->get_double(), 0) << literal;
  }
}

TEST(StrictParser, SaysWhatAndWhere) {
  EXPECT_EQ(why_refused(R"({"a":1,"\u0061":2})"), "read JSON: duplicate member at byte 14");
  EXPECT_EQ(why_refused("[1] x"), "read JSON: extra data at byte 4");
  EXPECT_EQ(why_refused("[18446744073709551616]").substr(0, 46), "read JSON: an integer that 64 bits cannot hold");
  EXPECT_EQ(why_refused("[1e400]").substr(0, 46), "read JSON: a number that a double cannot hold ");
}

TEST(StrictParser, AllowsOneNameInSiblingsAndInParents) {
  EXPECT_TRUE(parse_strict(R"([{"a":1},{"a":{"a":[{"a":2}]}}])"));
  EXPECT_TRUE(parse_strict(R"({"x":{"a":1},"a":2})"));
}

TEST(StrictParser, HoldsItsLimits) {
  EXPECT_TRUE(parse_strict(nested(32)));
  EXPECT_TRUE(parse_strict("[[1]]", {.bytes = 5, .depth = 2}));
  EXPECT_FALSE(parse_strict("[[1]]", {.bytes = 5, .depth = 1}));
  auto large = parse_strict("[[1]]", {.bytes = 4, .depth = 2});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Code::too_large);
  EXPECT_FALSE(parse_strict(std::string(1 << 20, ' ') + "1"));
}

}  // namespace
}  // namespace foundation::json
