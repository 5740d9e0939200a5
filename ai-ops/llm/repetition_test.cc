#include "ai-ops/llm/repetition.h"

#include <gtest/gtest.h>

#include <string>

namespace ai_ops::llm {
namespace {

// How many bytes were taken before it was called a loop; 0 when it never was.
std::size_t noticed(std::string_view text, std::size_t bytes) {
  Repetition repetition;
  for (std::size_t at = 0; at < text.size(); at += bytes)
    if (repetition.push(text.substr(at, bytes))) return at + bytes;
  return 0;
}

std::string times(int n, std::string_view text) {
  std::string all;
  for (int i = 0; i < n; ++i) all += text;
  return all;
}

TEST(Repetition, APhraseALineAndASpaceThatGoOnAreNoticedSoon) {
  for (std::size_t bytes : {1, 5, 4096}) {
    for (std::string_view phrase : {" ", "\n", "and so on, ", "The pod web-7d9 is not ready because it waits.\n"}) {
      auto start = std::string("The deployment web has two pods of three.\n");
      auto at = noticed(start + times(4096, phrase), bytes);
      EXPECT_GT(at, 0u) << phrase;
      EXPECT_LE(at, std::max<std::size_t>(bytes, 2 * kLoopWindowBytes)) << phrase;
    }
  }
}

TEST(Repetition, TablesListsAndRulersAreNone) {
  std::string table = "|---|---|---|---|\n" + times(20, "=") + "\n" + times(60, "- ") + "\n";
  for (int i = 0; i < 400; ++i) table += "| web-" + std::to_string(i) + " | Running | 0 |\n";
  EXPECT_EQ(noticed(table, 7), 0u);
  EXPECT_EQ(noticed(times(7, "This very sentence is said a few times and then no more, as people do. "), 1), 0u);
}

}  // namespace
}  // namespace ai_ops::llm
