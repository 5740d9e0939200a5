#include "ai-ops/bundle/table.h"

#include <gtest/gtest.h>

#include <string>

namespace ai_ops::bundle {
namespace {

// "NAME  A  A ..."
std::string head_of(std::size_t columns) {
  std::string out = "NAME";
  for (std::size_t i = 1; i < columns; ++i) out += "  A";
  return out;
}

TEST(Table, ACellIsWhatStandsUnderItsColumn) {
  Table table(
      {"LAST SEEN   TYPE     MESSAGE", "---------   ----     -------", "2m          <none>   a b  c", "", "5m"});
  EXPECT_EQ(table.columns(), (std::vector<std::string_view>{"LAST SEEN", "TYPE", "MESSAGE"}));
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table.cell(0, "LAST SEEN"), "2m");
  EXPECT_EQ(table.cell(0, "TYPE"), "");
  EXPECT_EQ(table.cell(0, "MESSAGE"), "a b  c");
  EXPECT_EQ(table.cell(0, "COLOUR"), "");
  EXPECT_EQ(table.cell(1, "LAST SEEN"), "5m");
  EXPECT_EQ(table.cell(1, "MESSAGE"), "") << "the line ends before it";
}

TEST(Table, AHeadOfTooManyColumnsIsNone) {
  EXPECT_TRUE(is_head(head_of(kMaxColumns)));
  EXPECT_FALSE(is_head(head_of(kMaxColumns + 1)));
  std::string wide = head_of(kMaxColumns + 1);
  Table table({wide, wide});
  EXPECT_EQ(table.size(), 0u);
  EXPECT_FALSE(table.has("NAME"));
}

}  // namespace
}  // namespace ai_ops::bundle
