// A Job that gave up. A completed one is fine, and so is a failed run of a CronJob that a later run made good.
// Fault: job-failed. Evidence: the Failed condition, how the last pod that failed ended, the first cause in its log.
// Source: kubernetes.io/docs/concepts/workloads/controllers/job (backoff limit, deadline, pod failure policy).
#include <fmt/format.h>

#include "ai-ops/diagnosis/failed_job.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

void cite_end(const Case& c, Draft& draft, const Container& container) {
  std::string ended = container.status_path + ".state.terminated";
  draft.container = container.name;
  draft.cite(container.pod, ended + ".reason");
  draft.cite(container.pod, ended + ".exitCode");
  const ObjectView& pod = container.pod;
  const LogExcerpt* log = c.log({std::string(pod.namespace_name()), std::string(pod.name()), container.name, false});
  if (log == nullptr) return;
  if (auto line = cause_line(*log)) {
    draft.cite(log_evidence(*log, *line));
    draft.detail += fmt::format("; its last pod says: {}", quote(log->lines[*line].text));
  }
}

}  // namespace

void find_failed_jobs(Case& c) {
  for (const FailedJob& failed : failed_jobs(c.cluster())) {
    if (c.has_symptom(failed.workload->ref)) continue;
    Draft& draft = c.symptom(*failed.workload, "job-failed", "its job failed");
    draft.severity = Severity::warning;  // nothing that serves is down
    draft.detail = quote(failed.condition.message().empty() ? failed.condition.reason() : failed.condition.message());
    draft.cite(failed.job, failed.condition.path + ".type");
    draft.cite(failed.job, failed.condition.path + ".reason");
    draft.cite(failed.job, failed.condition.path + ".message");
    draft.cite(failed.job, "status.failed");
    if (failed.died) cite_end(c, draft, *failed.died);
  }
}

}  // namespace ai_ops::diagnosis
