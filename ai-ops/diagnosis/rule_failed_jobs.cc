// A Job that gave up. A completed one is fine, and so is a failed run of a CronJob that a later run made good.
#include <fmt/format.h>

#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

std::optional<std::string> failed_condition(const ObjectView& job) {
  const json::Array& conditions = job.status()["conditions"].array();
  for (std::size_t i = 0; i < conditions.size(); ++i)
    if (json::View(conditions[i])["type"].text() == "Failed" && json::View(conditions[i])["status"].text() == "True")
      return fmt::format("status.conditions[{}]", i);
  return std::nullopt;
}

std::optional<WallTime> created(const ObjectView& job) { return time_of(job.metadata()["creationTimestamp"]); }

bool is_made_good(const Case& c, const Workload& workload, const ObjectView& failed) {
  for (const ObjectView& job : c.cluster().snapshot().of_kind("Job")) {
    bool succeeded = job.condition("Complete")["status"].text() == "True";
    if (succeeded && c.cluster().workload_of(job) == &workload && created(job) > created(failed)) return true;
  }
  return false;
}

}  // namespace

void find_failed_jobs(Case& c) {
  for (const ObjectView& job : c.cluster().snapshot().of_kind("Job")) {
    auto condition = failed_condition(job);
    const Workload* workload = c.cluster().workload_of(job);
    if (!condition || workload == nullptr || is_made_good(c, *workload, job)) continue;
    if (c.has_symptom(workload->ref)) continue;
    Draft& draft = c.symptom(*workload, "job-failed", "its job failed");
    draft.severity = Severity::warning;  // nothing that serves is down
    json::View said = at_path(job.root(), *condition);
    draft.detail = quote(said["message"].text(said["reason"].text()));
    draft.cite(job, *condition + ".type");
    draft.cite(job, *condition + ".reason");
    draft.cite(job, *condition + ".message");
    draft.cite(job, "status.failed");
  }
}

}  // namespace ai_ops::diagnosis
