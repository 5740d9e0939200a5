#include "ai-ops/diagnosis/draft.h"

#include <algorithm>

namespace ai_ops::diagnosis {

void Draft::cite(const ObjectView& from, const std::string& path) {
  if (auto found = field_evidence(from, path, object.namespace_name)) cite(std::move(*found));
}

void Draft::cite(Evidence found) {
  bool is_known = std::ranges::any_of(evidence, [&](const Evidence& e) { return e.ref == found.ref; });
  if (!is_known && evidence.size() < kMaxEvidence) evidence.push_back(std::move(found));
}

Draft& Case::add(const Workload& workload, std::string headline) {
  Draft& draft = drafts_.emplace_back();
  draft.object = workload.ref;
  draft.headline = std::move(headline);
  return draft;
}

Draft& Case::symptom(const Workload& workload, std::string headline) {
  symptoms_[workload.ref].push_back(drafts_.size());
  Draft& draft = add(workload, std::move(headline));
  draft.severity = severity_of(workload);
  return draft;
}

Draft& Case::cause(const Workload& workload, std::string headline) {
  Draft& draft = add(workload, std::move(headline));
  draft.is_symptom = false;
  return draft;
}

std::span<const std::size_t> Case::symptoms_of(const ObjectRef& object) const {
  auto found = symptoms_.find(object);
  return found == symptoms_.end() ? std::span<const std::size_t>() : found->second;
}

bool Case::comes_from(std::size_t effect, std::size_t cause) const {
  std::set<std::size_t> seen;
  std::vector<std::size_t> open{effect};
  while (!open.empty()) {
    std::size_t at = open.back();
    open.pop_back();
    if (at == cause) return true;
    if (seen.insert(at).second) open.insert(open.end(), drafts_[at].causes.begin(), drafts_[at].causes.end());
  }
  return false;
}

bool Case::link(std::size_t effect, std::size_t cause) {
  if (comes_from(cause, effect)) return false;
  if (std::ranges::count(drafts_[effect].causes, cause) == 0) drafts_[effect].causes.push_back(cause);
  return true;
}

std::vector<const LogExcerpt*> Case::logs_of(const Workload& workload, std::string_view container) const {
  std::vector<const LogExcerpt*> out;
  for (const LogExcerpt& log : logs_) {
    bool is_ours = log.of.project == workload.ref.namespace_name &&
                   std::ranges::any_of(workload.pods, [&](const ObjectView& pod) { return pod.name() == log.of.pod; });
    if (is_ours && (container.empty() || log.of.container == container)) out.push_back(&log);
  }
  return out;
}

Severity severity_of(const Workload& workload) {
  return readiness_of(workload).ready == 0 ? Severity::critical : Severity::warning;
}

}  // namespace ai_ops::diagnosis
