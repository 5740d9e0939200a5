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
  for (std::string_view text :
       {"",          "* * * *",     "* * * * * *", "60 * * * *",   "* 24 * * *", "* * 0 * *",          "* * * 13 *",
        "* * * * 7", "*/0 * * * *", "5-1 * * * *", "a * * * *",    "* * * * mo", "1-2-3 * * * *",      "@sometimes",
        "@every",    "@every x",    "@every -1h",  "1,,2 * * * *", "-1 * * * *", "99999999999 * * * *"})
    EXPECT_FALSE(read_schedule(text)) << text;
  EXPECT_EQ(read_schedule("60 * * * *").error(), "\"60\" is no minute (0 to 59)");
  EXPECT_EQ(read_schedule("* *").error(), "it has 2 fields, not 5");
}

}  // namespace
}  // namespace ai_ops::diagnosis
