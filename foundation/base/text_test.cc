#include "foundation/base/text.h"

#include <gtest/gtest.h>

namespace foundation {
namespace {

static_assert(trimmed(" a b\t\r\n") == "a b");

TEST(Trimmed, TakesSpaceFromBothEndsAndNoneFromBetween) {
  for (std::string_view nothing : {"", " ", "\t \n"}) EXPECT_EQ(trimmed(nothing), "");
  EXPECT_EQ(trimmed("\"a b\" ", " \""), "a b");
  EXPECT_EQ(trimmed("a\t", " "), "a\t") << "other space stays";
}

}  // namespace
}  // namespace foundation
