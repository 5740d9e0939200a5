#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_findings.h"

namespace ai_ops::diagnosis {
namespace {

using sample::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> with(std::string_view schedule,
                              std::string_view status = R"({"lastScheduleTime": "2026-01-02T11:55:00Z"})",
                              std::string_view more = "") {
  sample::Cluster cluster;
  cluster.add(fmt::format(R"({{"kind": "CronJob", "metadata": {{"name": "report", "namespace": "shop",
    "creationTimestamp": "2025-12-01T00:00:00Z"}}, "spec": {{"schedule": "{}"{}}}, "status": {}}})",
                          schedule, more, status));
  return told(cluster);
}

TEST(CronJobs, TellsAScheduleThatCannotBeRead) {
  EXPECT_THAT(with("61 * * * *"), ElementsAre("warning CronJob/report cron-job-schedule-invalid: has a schedule that "
                                              "never runs: \"61\" is no minute (0 to 59)"));
  EXPECT_THAT(with("0 0 30 2 *"), ElementsAre(HasSubstr("it names no day that ever comes")));
  EXPECT_THAT(with("*/5 * * * *"), IsEmpty());
}

TEST(CronJobs, TellsOneThatIsSuspended) {
  EXPECT_THAT(with("*/5 * * * *", "{}", R"(, "suspend": true)"),
              ElementsAre("info CronJob/report cron-job-suspended: is suspended"));
  EXPECT_THAT(with("*/5 * * * *", R"({"lastScheduleTime": "2026-01-02T11:55:00Z"})", R"(, "suspend": false)"),
              IsEmpty());
}

TEST(CronJobs, TellsOneThatIsLate) {
  EXPECT_THAT(with("0 * * * *", R"({"lastScheduleTime": "2026-01-02T08:00:00Z"})"),
              ElementsAre("warning CronJob/report cron-job-late: is late: it last ran 4 h ago, and its schedule never "
                          "pauses longer than 60 min"));
  EXPECT_THAT(with("0 * * * *", "{}"), ElementsAre(HasSubstr("it has not run since it was made 32 days ago")));
}

TEST(CronJobs, APauseThatTheScheduleMayHaveIsNotLate) {
  EXPECT_THAT(with("0 * * * *", R"({"lastScheduleTime": "2026-01-02T11:00:00Z"})"), IsEmpty());
  EXPECT_THAT(with("0 3 * * *", R"({"lastScheduleTime": "2026-01-01T19:00:00Z"})"), IsEmpty()) << "of another zone";
  EXPECT_THAT(with("0 0 1 1 *", "{}"), IsEmpty()) << "once a year";
}

TEST(CronJobs, OneThatWaitsForItsLastJobIsNotLate) {
  EXPECT_THAT(with("0 * * * *", R"({"lastScheduleTime": "2026-01-02T08:00:00Z", "active": [{"name": "report-1"}]})",
                   R"(, "concurrencyPolicy": "Forbid")"),
              IsEmpty());
}

TEST(CronJobs, ThatAreNotShownInFullSayNothing) {
  sample::Cluster cluster;
  cluster.add(R"({"kind": "CronJob", "metadata": {"name": "a", "namespace": "shop"}})");
  cluster.add(R"({"kind": "CronJob", "metadata": {"name": "b", "namespace": "shop",
    "creationTimestamp": "2025-12-01T00:00:00Z"}, "spec": {"schedule": "0 * * * *"}})");
  EXPECT_THAT(told(cluster), IsEmpty());
}

}  // namespace
}  // namespace ai_ops::diagnosis
