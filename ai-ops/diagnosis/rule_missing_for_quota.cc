// Something that others name is not there, and a quota of its namespace leaves no room to make it: a Service or a claim
// that its owner tried to create and was refused. No event tells of that: only who sent the request saw the refusal.
// Evidence: the quota's used and hard, what names the missing object, and the log or the pod that suffers.
// Source: kubernetes.io/docs/concepts/policy/resource-quotas (object count and storage quota).
#include <fmt/format.h>

#include <limits>
#include <optional>

#include "ai-ops/diagnosis/endpoint.h"
#include "ai-ops/diagnosis/log_words.h"
#include "ai-ops/diagnosis/phrases.h"
#include "ai-ops/diagnosis/quota.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

// The quota's finding: one however many objects are missing for it.
std::size_t quota_draft(Case& c, const FullQuota& full, std::string_view fault, std::string headline,
                        Certainty certainty) {
  if (auto known = c.found(full.quota.ref(), fault)) return *known;
  Draft& draft = c.cause(full.quota.ref(), fault, std::move(headline));
  draft.detail = fmt::format("{} is {} of {}", full.resource, shown(full.quota.status()["used"][full.resource]),
                             shown(full.quota.status()["hard"][full.resource]));
  draft.certainty = certainty;
  cite_quota(draft, c.cluster(), full.resource);
  return c.last_index();
}

struct Line {
  const LogExcerpt* log;
  std::size_t index;
};

// A line that says that the host does not resolve: its own, or that of whoever its failure was told to.
std::optional<Line> unresolved_in_log(const Case& c, const Workload& workload, const Endpoint& endpoint) {
  for (const LogExcerpt& log : c.logs()) {
    if (log.of.project != workload.ref.namespace_name) continue;
    for (std::size_t i = log.lines.size(); i-- > 0;)
      if (mentions(log.lines[i], endpoint.host) &&
          (contains_words(log.lines[i], "no such host") || contains_words(log.lines[i], "not known")))
        return Line{&log, i};
  }
  return std::nullopt;
}

void look_for_service(Case& c, const Workload& workload, const Endpoint& endpoint) {
  Resolved resolved = resolve(c.cluster(), workload, endpoint.host);
  if (resolved.service || resolved.meaning == Meaning::unknown) return;
  auto full = full_quota(c.cluster(), resolved.namespace_name, "service-quota-exceeded");
  if (!full) return;
  auto line = unresolved_in_log(c, workload, endpoint);
  if (!line && !c.has_symptom(workload.ref)) return;
  std::size_t cause = quota_draft(
      c, *full, "service-quota-exceeded",
      fmt::format("leaves no room for the Service {} that is missing", quote(resolved.name)), Certainty::told);
  if (auto known = c.found(workload.ref, "endpoint-host-mismatch")) return static_cast<void>(c.link(*known, cause));
  Draft& draft =
      c.symptom(workload, "dependency-down", fmt::format("calls {}, which has no Service", quote(endpoint.address())));
  draft.severity = Severity::warning;
  draft.cite(workload.object, endpoint.path);
  if (line) draft.cite(log_evidence(*line->log, line->index));
  c.link(c.last_index(), cause);
}

void look_for_claim(Case& c, const Workload& workload) {
  for (std::size_t index : c.symptoms_of(workload.ref)) {
    if (c.drafts()[index].fault != "claim-missing") continue;
    // What the claim would ask for is not known: a quota that has room left is no more than a suspect.
    constexpr std::int64_t kAnything = std::numeric_limits<std::int64_t>::max();
    constexpr std::string_view kFault = "storage-quota-exceeded";
    auto full = full_quota(c.cluster(), workload.ref.namespace_name, kFault);
    auto any = full ? full : full_quota(c.cluster(), workload.ref.namespace_name, kFault, kAnything);
    if (!any) return;
    std::string headline = full ? "leaves no room for the claim that is missing" : "may have refused the missing claim";
    c.link(index, quota_draft(c, *any, kFault, std::move(headline), full ? Certainty::told : Certainty::measured));
    return;
  }
}

}  // namespace

void find_missing_for_quota(Case& c) {
  for (const Workload& workload : c.cluster().workloads()) {
    for (const Endpoint& endpoint : endpoints_of(workload)) look_for_service(c, workload, endpoint);
    look_for_claim(c, workload);
  }
}

}  // namespace ai_ops::diagnosis
