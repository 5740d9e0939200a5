#include "ai-ops/diagnosis/cron_schedule.h"

#include <gtest/gtest.h>

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

std::optional<std::chrono::seconds> gap(std::string_view text) {
  auto schedule = read_schedule(text);
  if (!schedule) {
    ADD_FAILURE() << text << ": " << schedule.error();
    return std::nullopt;
  }
  return longest_gap(*schedule);
}

TEST(CronSchedule, KnowsTheLongestTimeBetweenTwoRuns) {
  EXPECT_EQ(gap("* * * * *"), 1min);
  EXPECT_EQ(gap("*/15 * * * *"), 15min);
  EXPECT_EQ(gap("0 3 * * *"), 24h);
  EXPECT_EQ(gap("0,30 8-17 * * MON-FRI"), 24h * 3 - 9h - 30min) << "over the weekend";
  EXPECT_EQ(gap("0 0,1 * * *"), 23h);
  EXPECT_EQ(gap("@hourly"), 1h);
  EXPECT_EQ(gap("@every 1h30m"), 90min);
  EXPECT_EQ(gap("0 0 1 * *"), 24h * 31);
  EXPECT_EQ(gap("0 0 29 2 *"), 24h * (366 + 3 * 365)) << "four years";
  EXPECT_EQ(gap("5/20 * * * ?"), 20min);
}

TEST(CronSchedule, ADayMatchesByEitherFieldUnlessOneIsAStar) {
  EXPECT_EQ(gap("0 0 1 * 1"), 24h * 7);
  EXPECT_EQ(gap("0 0 * * 1"), 24h * 7);
  EXPECT_EQ(gap("0 0 */2 * 1"), 24h * 2) << "a step is no star: every second day, and on Mondays";
}

TEST(CronSchedule, KnowsADayThatNeverComes) {
  EXPECT_EQ(gap("0 0 31 2 *"), std::nullopt);
  EXPECT_EQ(gap("0 0 31 4,6,9,11 *"), std::nullopt);
}

TEST(CronSchedule, RefusesWhatItsControllerRefuses) {
  for (std::string_view text : {"",
                                "* * * *",
                                "* * * * * *",
                                "60 * * * *",
                                "* 24 * * *",
                                "* * 0 * *",
                                "* * * 13 *",
                                "* * * * 7",
                                "*/0 * * * *",
                                "5-1 * * * *",
                                "a * * * *",
                                "* * * * mo",
                                "1-2-3 * * * *",
                                "@sometimes",
                                "@every",
                                "@every x",
                                "@every ",
                                "@every 1",
                                "@every 1h 5m",
                                "@every 1.2.3h",
                                "@every infh",
                                "@every h",
                                "-1 * * * *",
                                "TZ=UTC",
                                "CRON_TZ=UTC ",
                                "99999999999 * * * *",
                                "@every 9999999999h"})
    EXPECT_FALSE(read_schedule(text)) << text;
  EXPECT_EQ(read_schedule("60 * * * *").error(), "\"60\" is no minute (0 to 59)");
  EXPECT_EQ(read_schedule("* *").error(), "it has 2 fields, not 5");
}

TEST(CronSchedule, AStepThatLeavesTheFieldDoesNotOverflow) {
  EXPECT_EQ(gap("1/2147483647 * * * *"), 1h) << "at minute 1";
  EXPECT_EQ(gap("59/2147483647 */99999999999 * * *"), 24h);
  EXPECT_EQ(gap("* * 31/2147483647 * *"), 24h * 60 + 1min) << "on the 31st, from October to December";
}

TEST(CronSchedule, FieldsAreSplitAtAnyWhiteSpace) {
  EXPECT_EQ(gap("*/5 * * * *\n"), 5min);
  EXPECT_EQ(gap("*/5\t*  *\v* \r\n*"), 5min);
}

TEST(CronSchedule, ATimeOfEveryIsReadAsGoReadsIt) {
  EXPECT_EQ(gap("@every 1.5h"), 90min);
  EXPECT_EQ(gap("@every .5m"), 30s);
  EXPECT_EQ(gap("@every 1h0.5m1500ms"), 1h + 31s) << "in whole seconds";
  EXPECT_EQ(gap("@every 10\u00b5s"), 1s) << "one at least";
  EXPECT_EQ(gap("@every -1h"), 1s);
  EXPECT_EQ(gap("@every 0"), 1s);
  EXPECT_EQ(gap("@every 2500000h"), std::chrono::years(100)) << "what no clock reaches";
}

TEST(CronSchedule, ATimeZoneBeforeAScheduleIsPassedOver) {
  EXPECT_EQ(gap("TZ=Europe/Berlin 0 3 * * *"), 24h);
  EXPECT_EQ(gap("CRON_TZ=UTC  @hourly\n"), 1h);
}

TEST(CronSchedule, WhatItsControllerPassesOverIsNoFault) {
  EXPECT_EQ(gap("0,,30, * * * *"), 30min);
  EXPECT_EQ(gap("+5 *-3 * * *"), 1h);
  EXPECT_EQ(gap(", * * * *"), std::nullopt) << "no minute at all";
  EXPECT_EQ(gap("* , * * *"), std::nullopt);
}

}  // namespace
}  // namespace ai_ops::diagnosis
