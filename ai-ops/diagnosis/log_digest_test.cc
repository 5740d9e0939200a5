#include "ai-ops/diagnosis/log_digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ai_ops::diagnosis {
namespace {

TEST(LogDigest, WhatVariesIsNoPartOfThePattern) {
  EXPECT_EQ(pattern_of("2026-01-02T12:00:00.123Z GET /orders/17/items took 12ms"), "GET /orders/*/items took *");
  EXPECT_EQ(pattern_of("dial tcp 10.0.0.7:5432: connect: connection refused"),
            "dial tcp *:*: connect: connection refused");
  EXPECT_EQ(pattern_of("order b133df48-074b-4b9a not found"), "order * not found");
  EXPECT_EQ(pattern_of("utf8mb4 is fine"), pattern_of("utf8mb4 is fine"));
}

TEST(LogDigest, CountsLinesThatSayTheSame) {
  std::vector<std::string> lines{"request 1 done", "error: timeout after 30s", "request 2 done", "request 3 done",
                                 "error: timeout after 31s"};
  LogDigest told = digest(lines);
  ASSERT_EQ(told.patterns.size(), 2u);
  EXPECT_TRUE(told.patterns[0].is_error);
  EXPECT_EQ(told.patterns[0].count, 2u);
  EXPECT_EQ(told.patterns[0].first, 1u);
  EXPECT_EQ(told.patterns[0].last, 4u);
  EXPECT_EQ(told.patterns[1].count, 3u);
}

TEST(LogDigest, CountsTheLinesThatAreAlikeOne) {
  std::vector<std::string> lines{"retry 1: no route", "started", "retry 2: no route", "retry 3: no route"};
  EXPECT_EQ(lines_alike(lines, 2), 3u);
  EXPECT_EQ(lines_alike(lines, 1), 1u);
}

TEST(LogDigest, FoldsATraceAndFindsItsFirstCause) {
  std::vector<std::string> lines{"ERROR could not start",
                                 "java.lang.IllegalStateException: no pool",
                                 "\tat com.shop.Pool.open(Pool.java:17)",
                                 "Caused by: java.sql.SQLException: no connection",
                                 "\t... 12 more",
                                 "Caused by: java.net.ConnectException: Connection refused",
                                 "\tat java.base/sun.nio.ch.Net.connect(Net.java:3)"};
  LogDigest told = digest(lines);
  EXPECT_EQ(told.folded, 3u);
  EXPECT_EQ(told.first_cause, 5u);
}

TEST(LogDigest, FoldsTracesOfPythonAndGo) {
  for (std::string_view line :
       {"Traceback (most recent call last):", "  File \"cart.py\", line 3, in add",
        "goroutine 1 [running]:", "created by main.main", "2026-01-02T12:00:00.123Z \tat a.B.c(B.java)"})
    EXPECT_TRUE(is_of_a_trace(line)) << line;
  for (std::string_view line : {"at last it started", "File uploaded", "# 0 errors"})
    EXPECT_FALSE(is_of_a_trace(line)) << line;
}

TEST(LogDigest, IsBoundedAndTakesAnyBytes) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < 3 * kMaxPatterns; ++i)
    lines.push_back(std::string(i % 250 + 1, static_cast<char>('a' + i % 26)));
  lines.push_back(std::string("\xff\x00\x01 binary", 10));
  lines.push_back(std::string(1 << 20, 'x'));
  lines.push_back("");
  LogDigest told = digest(lines);
  EXPECT_EQ(told.patterns.size(), kMaxPatterns);
  EXPECT_GT(told.others, 0u);
}

}  // namespace
}  // namespace ai_ops::diagnosis
