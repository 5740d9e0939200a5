#include "cli/render/flow.h"

#include <gtest/gtest.h>

namespace cli::render {
namespace {

std::string flowed(std::size_t columns, std::string_view text) {
  Flow flow({.columns = columns}, "> ", "  ");
  return flow.add(text).end();
}

TEST(Flow, WithoutColumnsNothingIsBroken) {
  EXPECT_EQ(flowed(0, "one two   three"), "> one two   three\n");
  EXPECT_EQ(flowed(0, "one\n\n  two"), "> one\n\n    two\n");
  EXPECT_EQ(flowed(0, ""), "");
}

TEST(Flow, LinesBreakBetweenWordsAndGoOnBehindTheMargin) {
  EXPECT_EQ(flowed(10, "one two three"), "> one two\n  three\n");
  EXPECT_EQ(flowed(9, "one two three"), "> one two\n  three\n");
  EXPECT_EQ(flowed(8, "one two three"), "> one\n  two\n  three\n");
}

TEST(Flow, AWordLongerThanALineIsBroken) { EXPECT_EQ(flowed(6, "abcdefghij k"), "> abcd\n  efgh\n  ij k\n"); }

TEST(Flow, WideCharactersTakeTwoColumns) {
  EXPECT_EQ(width("aé→你"), 5u);
  EXPECT_EQ(flowed(6, "你好吗"), "> 你好\n  吗\n");
}

TEST(Flow, PiecesGiveWhatTheWholeGives) {
  std::string text = "web is fine,\n  and so is a-very-long-name of 你好.  Nothing else";
  for (std::size_t columns : {0, 12, 20, 60}) {
    Flow flow({.columns = columns}, "", " ");
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at + 1;
      while (end < text.size() && (text[end] & 0xc0) == 0x80) ++end;
      out += flow.add(text.substr(at, end - at)).take();
      at = end;
    }
    out += flow.end();
    Flow whole({.columns = columns}, "", " ");
    EXPECT_EQ(out, whole.add(text).end()) << columns;
  }
}

TEST(Flow, ColoursEndBeforeALineDoes) {
  Flow flow({.color = true, .columns = 8}, "", "  ");
  EXPECT_EQ(flow.add("ab", Ink::good).add(" cdefghijk", Ink::bad).end(),
            "\x1b[32mab\x1b[0m\n  \x1b[31mcdefgh\x1b[0m\n  \x1b[31mijk\x1b[0m\n");
}

TEST(Flow, InvisibleCharactersAndEscapesDoNotPass) {
  EXPECT_EQ(flowed(0, "a\x1b[31mb\r\u202e\u200bc\xff"), "> a[31mbc\xef\xbf\xbd\n");
  EXPECT_EQ(one_line("a\nb\tc\x1b"), "a b c");
}

TEST(Flow, ShortenedFits) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdefg", 6), "abcde…");
  EXPECT_EQ(shortened("你好你好", 6), "你好…");
}

}  // namespace
}  // namespace cli::render
