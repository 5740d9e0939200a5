#include "ai-ops/diagnosis/log_line.h"

#include <gtest/gtest.h>

#include "ai-ops/diagnosis/log_pattern.h"
#include "ai-ops/diagnosis/log_reasons.h"
#include "ai-ops/diagnosis/phrases.h"
#include "ai-ops/diagnosis/word_set.h"

namespace ai_ops::diagnosis {
namespace {

TEST(LogLine, SaysWhatItsWordsSay) {
  struct Row {
    std::string_view line;
    bool error, connection, failure;
  };
  constexpr Row kRows[] = {
      {"ERROR: out of stock", true, false, true},
      {"dial tcp 10.0.0.7:5432: connect: connection refused", true, true, true},
      {"getaddrinfo ENOTFOUND db", false, true, true},
      {"GET /cart 503 12ms", false, false, true},
      {"GET /cart/5031 200 12ms", false, false, false},
      {"listening on :8080", false, false, false},
      {"", false, false, false},
      {"\tat com.shop.ErrorHandler.failed(ErrorHandler.java:17)", false, false, false},
  };
  for (const Row& row : kRows) {
    LineMeaning says = meaning_of(row.line);
    EXPECT_EQ(says.has_error_word, row.error) << row.line;
    EXPECT_EQ(says.tells_of_a_connection, row.connection) << row.line;
    EXPECT_EQ(says.tells_of_failure, row.failure) << row.line;
  }
  EXPECT_TRUE(meaning_of("Caused by: java.net.ConnectException: no").names_first_cause);
  EXPECT_FALSE(meaning_of(std::string(2 * kMaxPatternBytes, 'x') + " caused by: no").names_first_cause)
      << "what is quoted of a line is its beginning";
}

TEST(LogLine, ATextIsALineThatStandsForItself) {
  LogLine line = "bind: address already in use";
  EXPECT_EQ(line.count, 1u);
  ASSERT_TRUE(line.says.reason);
  EXPECT_EQ(reason_rows()[*line.says.reason].reason.fault, "port-conflict");
}

// With little memory too, where it looks for one word after another.
class FindsWords : public testing::TestWithParam<std::int64_t> {};
INSTANTIATE_TEST_SUITE_P(WordSet, FindsWords, testing::Values(WordSet::kMemory, 6 << 10));

TEST_P(FindsWords, ThatLookingForEachFinds) {
  std::vector<std::string_view> words{"error", "errors found", "rr", "a-b", "no such host", ""};
  WordSet set(words, GetParam());
  for (std::string_view text : {"ERRORS FOUND", "the errorsfound", "RR", "a-B no such  host", "No Such Host", "",
                                "\xff\x00 error\n\xc3", "e\nrror"}) {
    auto found = set.in(text);
    for (std::string_view word : words) {
      bool stands = !word.empty() && contains_words(text, word);
      EXPECT_EQ((found & set.among(std::span(&word, 1))).any(), stands) << text << " / " << word;
    }
  }
}

TEST(LogPattern, WhatVariesIsNoPartOfIt) {
  EXPECT_EQ(pattern_of("2026-01-02T12:00:00.123Z GET /orders/17/items took 12ms"), "GET /orders/*/items took *");
  EXPECT_EQ(pattern_of("dial tcp 10.0.0.7:5432: connect: connection refused"),
            "dial tcp *:*: connect: connection refused");
  EXPECT_EQ(pattern_of("order b133df48-074b-4b9a not found"), "order * not found");
  EXPECT_TRUE(has_pattern("retry 17: no route", pattern_of("retry 2: no route")));
  EXPECT_FALSE(has_pattern("retry 17: no route", pattern_of("retry 2: no route to host")));
}

TEST(LogPattern, LinesOfATraceAreKnown) {
  for (std::string_view line :
       {"Traceback (most recent call last):", "  File \"cart.py\", line 3, in add",
        "goroutine 1 [running]:", "created by main.main", "2026-01-02T12:00:00.123Z \tat a.B.c(B.java)",
        "    at async Cart.add (/app/cart.js:3:7)", "    at new Pool (pool.js:1:1)", "\t... 12 more",
        "#0 /app/cart.php(3): add()"})
    EXPECT_TRUE(is_of_a_trace(line)) << line;
  for (std::string_view line :
       {"at last it started", "File uploaded", "# 0 errors", "created by operator: password authentication failed",
        "  at 12:00:01 error: bind: address already in use", "    ... address already in use"})
    EXPECT_FALSE(is_of_a_trace(line)) << line;
}

}  // namespace
}  // namespace ai_ops::diagnosis
