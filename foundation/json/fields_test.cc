#include "foundation/json/fields.h"

#include <gtest/gtest.h>

#include <functional>

namespace foundation::json {
namespace {

Value read(std::string_view text) { return parse_strict(text).value(); }

// The error after `ask`, or "" when finish() is content.
std::string error_of(std::string_view text, const std::function<void(Fields&)>& ask) {
  Value value = read(text);
  Fields fields(value);
  ask(fields);
  auto done = fields.finish();
  if (done) return "";
  EXPECT_EQ(done.error().code, Code::invalid);
  return done.error().text();
}

TEST(Fields, ReadsEveryKind) {
  Value value = read(R"({"t":"x","i":-3,"b":true,"o":{"n":1},"l":["a","b"],"m":[{"k":1},{"k":2}],"a":[0.5],
                         "ot":"y","oi":4,"ob":false,"oo":{"z":9}})");
  Fields f(value);
  EXPECT_EQ(f.text("t", 1), "x");
  EXPECT_EQ(f.integer("i", -3, -3), -3);
  EXPECT_TRUE(f.boolean("b"));
  EXPECT_EQ(f.object("o").integer("n", 0, 1), 1);
  EXPECT_EQ(f.texts("l", 2, 1), (std::vector<std::string>{"a", "b"}));
  auto items = f.objects("m", 2);
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].integer("k", 0, 9), 1);
  EXPECT_EQ(items[1].integer("k", 0, 9), 2);
  EXPECT_TRUE(f.any("a").is_array());
  EXPECT_EQ(f.optional_text("ot", 9), "y");
  EXPECT_EQ(f.optional_integer("oi", 0, 9), 4);
  EXPECT_EQ(f.optional_boolean("ob"), false);
  EXPECT_EQ(f.optional_object("oo")->integer("z", 0, 9), 9);
  EXPECT_TRUE(f.finish());
}

TEST(Fields, AbsentAndNullAreNoneWhenOptional) {
  Value value = read(R"({"t":null,"i":null,"b":null,"o":null})");
  Fields f(value);
  for (std::string_view prefix : {"", "missing_"}) {
    std::string p(prefix);
    EXPECT_EQ(f.optional_text(p + "t", 9), std::nullopt);
    EXPECT_EQ(f.optional_integer(p + "i", 0, 9), std::nullopt);
    EXPECT_EQ(f.optional_boolean(p + "b"), std::nullopt);
    EXPECT_FALSE(f.optional_object(p + "o").has_value());
  }
  EXPECT_TRUE(f.finish());
}

struct Refusal {
  const char* body;
  std::function<void(Fields&)> ask;
  const char* error;
};

TEST(Fields, NamesThePathAndTheRule) {
  const Refusal rows[] = {
      {R"({})", [](Fields& f) { f.text("t", 5); }, "$.t: is missing; must be a string"},
      {R"({"t":1})", [](Fields& f) { f.text("t", 5); }, "$.t: must be a string of at most 5 bytes"},
      {R"({"t":null})", [](Fields& f) { f.text("t", 5); }, "$.t: must be a string of at most 5 bytes"},
      {R"({"t":"123456"})", [](Fields& f) { f.text("t", 5); }, "$.t: must be a string of at most 5 bytes"},
      {R"({"t":"123456"})", [](Fields& f) { f.optional_text("t", 5); }, "$.t: must be a string of at most 5 bytes"},
      {R"({"i":5.0})", [](Fields& f) { f.integer("i", 0, 9); }, "$.i: must be an integer between 0 and 9"},
      {R"({"i":"5"})", [](Fields& f) { f.integer("i", 0, 9); }, "$.i: must be an integer between 0 and 9"},
      {R"({"i":1e1})", [](Fields& f) { f.integer("i", 0, 99); }, "$.i: must be an integer between 0 and 99"},
      {R"({"i":10})", [](Fields& f) { f.integer("i", 0, 9); }, "$.i: must be an integer between 0 and 9"},
      {R"({"i":-1})", [](Fields& f) { f.optional_integer("i", 0, 9); }, "$.i: must be an integer between 0 and 9"},
      {R"({"b":1})", [](Fields& f) { f.boolean("b"); }, "$.b: must be true or false"},
      {R"({"b":"true"})", [](Fields& f) { f.optional_boolean("b"); }, "$.b: must be true or false"},
      {R"({"o":[]})", [](Fields& f) { f.object("o").text("x", 1); }, "$.o: must be an object"},
      {R"({"o":1})", [](Fields& f) { f.optional_object("o"); }, "$.o: must be an object"},
      {R"({})", [](Fields& f) { f.object("o").object("p").text("x", 1); }, "$.o: is missing; must be an object"},
      {R"({"o":{"p":{}}})", [](Fields& f) { f.object("o").object("p").text("x", 1); },
       "$.o.p.x: is missing; must be a string"},
      {R"({"l":"a"})", [](Fields& f) { f.texts("l", 2, 1); }, "$.l: must be an array of at most 2 items"},
      {R"({"l":["a","b","c"]})", [](Fields& f) { f.texts("l", 2, 1); }, "$.l: must be an array of at most 2 items"},
      {R"({"l":["a",1]})", [](Fields& f) { f.texts("l", 2, 1); }, "$.l[1]: must be a string of at most 1 bytes"},
      {R"({"m":[{},2]})", [](Fields& f) { f.objects("m", 2); }, "$.m[1]: must be an object"},
      {R"({})", [](Fields& f) { f.any("x"); }, "$.x: is missing; must be given"},
      {R"({"x":1})", [](Fields& f) { f.any("x"), f.refuse("x", "must be odd"); }, "$.x: must be odd"},
      {R"([])", [](Fields& f) { f.text("t", 5); }, "$: must be an object"},
  };
  for (const Refusal& row : rows) EXPECT_EQ(error_of(row.body, row.ask), row.error) << row.body;
}

TEST(Fields, TheFirstErrorStays) {
  EXPECT_EQ(error_of(R"({"c":"x","unknown":1})",
                     [](Fields& f) {
                       f.text("a", 1);
                       f.boolean("b");
                       f.integer("c", 0, 1);
                     }),
            "$.a: is missing; must be a string");
}

TEST(Fields, ReadersReturnEmptyValuesAfterAnError) {
  Value value = read("[]");
  Fields f(value);
  EXPECT_EQ(f.text("t", 9), "");
  EXPECT_EQ(f.integer("i", 5, 9), 0);
  EXPECT_FALSE(f.boolean("b"));
  EXPECT_TRUE(f.texts("l", 9, 9).empty());
  EXPECT_TRUE(f.objects("m", 9).empty());
  EXPECT_TRUE(f.any("x").is_null());
  EXPECT_EQ(f.object("o").object("p").text("q", 9), "");
  EXPECT_FALSE(f.has("t"));
  EXPECT_FALSE(f.finish());
}

TEST(Fields, RefusesUnknownMembersOfChildrenToo) {
  EXPECT_EQ(error_of(R"({"a":1})", [](Fields&) {}), "$.a: is unknown");
  EXPECT_EQ(error_of(R"({"o":{"p":{"q":1}}})", [](Fields& f) { f.object("o").object("p"); }), "$.o.p.q: is unknown");
  EXPECT_EQ(error_of(R"({"m":[{"k":1},{"k":1,"x":2}]})",
                     [](Fields& f) {
                       for (Fields& item : f.objects("m", 2)) item.integer("k", 0, 9);
                     }),
            "$.m[1].x: is unknown");
}

TEST(Fields, HasDoesNotCountAsAsked) {
  EXPECT_EQ(error_of(R"({"a":null})", [](Fields& f) { EXPECT_TRUE(f.has("a")); }), "$.a: is unknown");
}

TEST(Fields, IgnoresUnknownOnlyWhereTold) {
  EXPECT_EQ(error_of(R"({"a":1})", [](Fields& f) { f.ignore_unknown(); }), "");
  EXPECT_EQ(error_of(R"({"a":1,"o":{"x":1}})",
                     [](Fields& f) {
                       f.ignore_unknown();
                       f.object("o");
                     }),
            "$.o.x: is unknown");
}

TEST(Fields, ShowsAnUnknownNameCutAndWithoutInvisibleCharacters) {
  std::string long_name(100, 'n');
  EXPECT_EQ(error_of("{\"" + long_name + "\":1}", [](Fields&) {}), "$." + long_name.substr(0, 64) + ": is unknown");
  EXPECT_EQ(error_of(R"({"a\u202eb\u001b[31m":1})", [](Fields&) {}), "$.ab[31m: is unknown");
}

}  // namespace
}  // namespace foundation::json
