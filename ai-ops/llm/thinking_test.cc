#include "ai-ops/llm/thinking.h"

#include <gtest/gtest.h>

namespace ai_ops::llm {
namespace {

using foundation::Code;

// What passes, fed in pieces of `bytes`.
std::string passed(std::string_view text, std::size_t bytes) {
  ThinkingFilter filter;
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min(bytes, text.size()))) {
    auto shown = filter.push(text.substr(0, bytes));
    if (!shown) return "error " + std::string(to_string(shown.error().code));
    out += *shown;
  }
  return out + filter.end();
}

TEST(ThinkingFilter, LeavesOutWhatIsThoughtHoweverTheTextIsSplit) {
  for (std::size_t bytes : {1, 2, 3, 7, 100}) {
    EXPECT_EQ(passed("<think>hm, the user is erin</think>web crashes", bytes), "web crashes") << bytes;
    EXPECT_EQ(passed("a<think></think>b<thinking>c</thinking>d", bytes), "abd") << bytes;
    EXPECT_EQ(passed("[THINK]x</think>y[/THINK]z", bytes), "z") << bytes;
    EXPECT_EQ(passed("<think>a <think> b</think>c", bytes), "c") << bytes;
  }
}

TEST(ThinkingFilter, OtherTextPassesWhole) {
  for (std::size_t bytes : {1, 4, 100})
    for (auto text : {"", "if a < b and c <thin> d", "<thin", "a </b> c <", "[THIN]"})
      EXPECT_EQ(passed(text, bytes), text) << bytes;
}

TEST(ThinkingFilter, ThinkingThatNeverEndsIsDropped) {
  EXPECT_EQ(passed("so:<think>and then, and then</thin", 1), "so:");
}

TEST(ThinkingFilter, AnEndWithoutABeginningIsAnError) {
  EXPECT_EQ(passed("The user wants...</think>web crashes", 3), "error corrupt");
}

}  // namespace
}  // namespace ai_ops::llm
