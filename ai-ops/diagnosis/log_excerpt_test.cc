#include "ai-ops/diagnosis/log_excerpt.h"

#include <gtest/gtest.h>

namespace ai_ops::diagnosis {
namespace {

std::string cause(std::vector<LogLine> lines) {
  LogExcerpt log{.of = {}, .lines = std::move(lines)};
  auto line = cause_line(log);
  return line ? log.lines[*line].text : "none";
}

TEST(CauseLine, IsTheFirstCauseOfTheLastTraceElseTheLastErrorElseTheLastLine) {
  EXPECT_EQ(cause({"ERROR could not start", "java.lang.IllegalStateException: no pool",
                   "\tat com.shop.Pool.open(Pool.java:17)", "Caused by: java.sql.SQLException: no connection",
                   "\t... 12 more", "Caused by: java.net.ConnectException: Connection refused",
                   "\tat java.base/sun.nio.ch.Net.connect(Net.java:3)", "ERROR giving up"}),
            "Caused by: java.net.ConnectException: Connection refused");
  EXPECT_EQ(cause({"error: one", "error: two", "bye", ""}), "error: two");
  EXPECT_EQ(cause({"bind: address already in use", "bye"}), "bind: address already in use");
  EXPECT_EQ(cause({"one", "two", " \t", ""}), "two");
  EXPECT_EQ(cause({}), "none");
}

TEST(CauseLine, IsNoLineOfATrace) {
  EXPECT_EQ(cause({"panic: nil map", "  at shop.ExceptionHandler.failed(Handler.java:3)"}), "panic: nil map");
}

TEST(LinesAlike, CountsThoseOfItsPattern) {
  LogExcerpt log{.of = {}, .lines = {"retry 1: no route", "started", "retry 2: no route", "retry 3: no route"}};
  EXPECT_EQ(lines_alike(log, 2), 3u);
  EXPECT_EQ(lines_alike(log, 1), 1u);
  log.lines[0].count = 40;
  EXPECT_EQ(lines_alike(log, 2), 42u);
}

}  // namespace
}  // namespace ai_ops::diagnosis
