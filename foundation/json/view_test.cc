#include "foundation/json/view.h"

#include <gtest/gtest.h>

namespace foundation::json {
namespace {

class ViewOfAnObject : public testing::Test {
 protected:
  Value value_ = *parse_tolerant(R"({
    "text": "x", "empty": "", "integer": -5, "double": 5.0, "large": 9223372036854775808, "yes": true, "nothing": null,
    "items": [10, {"name": "second"}], "deep": {"er": {"est": "found"}}})");
  View view_{value_};
};

TEST_F(ViewOfAnObject, StepsThroughMembersAndItems) {
  EXPECT_EQ(view_["deep"]["er"]["est"].text(), "found");
  EXPECT_EQ(view_["items"][1]["name"].text(), "second");
  EXPECT_EQ(view_["items"][0].integer(), 10);
  EXPECT_EQ(view_.path("deep.er.est").text(), "found");
  EXPECT_EQ(view_.path("").value(), &value_);
}

TEST_F(ViewOfAnObject, ALostStepIsAnEmptyView) {
  for (View lost : {view_["no"], view_["no"]["further"][3]["x"], view_["text"]["x"], view_["text"][0],
                    view_["items"][2], view_["items"]["name"], view_["deep"][0], view_.path("deep.no.est"),
                    view_.path("deep..est"), View()["x"], View()[0], View().path("a.b")}) {
    EXPECT_FALSE(lost);
    EXPECT_TRUE(lost.is_null());
    EXPECT_EQ(lost.value(), nullptr);
    EXPECT_EQ(lost.text("none"), "none");
    EXPECT_EQ(lost.integer(), std::nullopt);
    EXPECT_TRUE(lost.boolean_or(true));
    EXPECT_TRUE(lost.array().empty());
    EXPECT_TRUE(lost.object().empty());
  }
}

TEST_F(ViewOfAnObject, NullIsThereButNull) {
  EXPECT_TRUE(view_["nothing"]);
  EXPECT_TRUE(view_["nothing"].is_null());
  EXPECT_FALSE(view_["empty"].is_null());
}

TEST_F(ViewOfAnObject, ConvertsNothing) {
  EXPECT_EQ(view_["integer"].text("none"), "none");
  EXPECT_EQ(view_["empty"].text("none"), "");
  EXPECT_EQ(view_["double"].integer(), std::nullopt);
  EXPECT_EQ(view_["text"].integer_or(7), 7);
  EXPECT_EQ(view_["integer"].integer_or(7), -5);
  EXPECT_FALSE(view_["integer"].boolean_or(false));
  EXPECT_TRUE(view_["yes"].boolean_or(false));
  EXPECT_TRUE(view_["deep"].array().empty());
  EXPECT_TRUE(view_["items"].object().empty());
}

TEST_F(ViewOfAnObject, AnIntegerMustFit) {
  EXPECT_EQ(view_["large"].integer(), std::nullopt);
  Value small = std::uint64_t{7};
  EXPECT_EQ(View(small).integer(), 7);
}

}  // namespace
}  // namespace foundation::json
