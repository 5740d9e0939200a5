#include "foundation/telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace foundation::telemetry {
namespace {

using testing::HasSubstr;

TEST(MetricsTest, TheSameNameAndLabelsAreTheSameMetric) {
  Metrics metrics;
  metrics.counter("hks_reads_total", "Reads.", {{"kind", "a"}}).add();
  metrics.counter("hks_reads_total", "Reads.", {{"kind", "a"}}).add(2);
  metrics.counter("hks_reads_total", "Reads.", {{"kind", "b"}}).add(5);
  EXPECT_EQ(metrics.counter("hks_reads_total", "Reads.", {{"kind", "a"}}).value(), 3);
  EXPECT_EQ(metrics.counter("hks_reads_total", "Reads.", {{"kind", "b"}}).value(), 5);
}

TEST(MetricsTest, RendersThePrometheusTextForm) {
  Metrics metrics;
  metrics.counter("hks_reads_total", "Reads.", {{"kind", "a"}}).add(3);
  metrics.gauge("hks_turns_open", "Turns.").set(2);
  metrics.histogram("hks_read_seconds", "Time.").observe(0.2);
  auto text = metrics.render();
  EXPECT_THAT(text, HasSubstr("# HELP hks_reads_total Reads.\n# TYPE hks_reads_total counter\n"));
  EXPECT_THAT(text, HasSubstr("hks_reads_total{kind=\"a\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE hks_turns_open gauge\nhks_turns_open 2\n"));
  EXPECT_THAT(text, HasSubstr("hks_read_seconds_bucket{le=\"0.1\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("hks_read_seconds_bucket{le=\"0.25\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("hks_read_seconds_bucket{le=\"+Inf\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("hks_read_seconds_count 1\n"));
}

TEST(MetricsTest, ALiveCountFollowsLifetimes) {
  Metrics metrics;
  auto gauge = metrics.gauge("hks_tasks_live", "Tasks.");
  {
    LiveCount one(gauge);
    LiveCount two(gauge);
    EXPECT_EQ(gauge.value(), 2);
  }
  EXPECT_EQ(gauge.value(), 0);
}

}  // namespace
}  // namespace foundation::telemetry
