// CronJobs that do not run.
// Faults: cron-job-schedule-invalid, cron-job-late, cron-job-suspended (info).
// Evidence: spec.schedule, spec.suspend, status.lastScheduleTime against the longest time between two runs.
// How Kubernetes works: the controller makes a Job at each time of the schedule, unless the CronJob is suspended or
// concurrencyPolicy Forbid waits for the last one to end. Times are of its own zone where spec.timeZone names none, so
// only a pause longer than the schedule's longest is told: that is too long in every zone.
// Source: kubernetes/pkg/controller/cronjob.
#include <fmt/format.h>

#include "ai-ops/diagnosis/cron_schedule.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kLateFrom = 5min;  // after the time of a run

std::string words_for(std::chrono::seconds time) {
  if (time < 2h) return fmt::format("{} min", time / 1min);
  return time < 48h ? fmt::format("{} h", time / 1h) : fmt::format("{} days", time / 24h);
}

void tell_invalid(Case& c, const ObjectView& job, const std::string& why) {
  Draft& draft = c.symptom(job.ref(), "cron-job-schedule-invalid", Severity::warning, "has a schedule that never runs");
  draft.detail = quote(why);
  draft.cite(job, "spec.schedule");
}

void tell_suspended(Case& c, const ObjectView& job) {
  Draft& draft = c.symptom(job.ref(), "cron-job-suspended", Severity::info, "is suspended");
  draft.cite(job, "spec.suspend");
  draft.cite(job, "status.lastScheduleTime");
}

bool waits_for_its_last_job(const ObjectView& job) {
  return job.spec()["concurrencyPolicy"].text() == "Forbid" && !job.status()["active"].array().empty();
}

void tell_late(Case& c, const ObjectView& job, std::chrono::seconds longest) {
  auto last = time_of(job.status()["lastScheduleTime"]);
  auto since = last ? last : time_of(job.metadata()["creationTimestamp"]);
  if (!since || !job.status() || waits_for_its_last_job(job) || c.now() - *since <= longest + kLateFrom) return;
  auto pause = std::chrono::duration_cast<std::chrono::seconds>(c.now() - *since);
  Draft& draft = c.symptom(job.ref(), "cron-job-late", Severity::warning, "is late");
  draft.detail =
      fmt::format("{} {} ago, and its schedule never pauses longer than {}",
                  last ? "it last ran" : "it has not run since it was made", words_for(pause), words_for(longest));
  draft.cite(job, "spec.schedule");
  draft.cite(job, last ? "status.lastScheduleTime" : "metadata.creationTimestamp");
}

}  // namespace

void find_cron_jobs(Case& c) {
  for (const ObjectView& job : c.cluster().snapshot().of_kind("CronJob")) {
    if (job.spec()["schedule"].text().empty()) continue;  // not shown
    auto schedule = read_schedule(job.spec()["schedule"].text());
    if (!schedule) {
      tell_invalid(c, job, schedule.error());
    } else if (auto longest = longest_gap(*schedule); !longest) {
      tell_invalid(c, job, "it names no day that ever comes");
    } else if (job.spec()["suspend"].boolean_or(false)) {
      tell_suspended(c, job);
    } else {
      tell_late(c, job, *longest);
    }
  }
}

}  // namespace ai_ops::diagnosis
