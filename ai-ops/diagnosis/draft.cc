#include "ai-ops/diagnosis/draft.h"

#include <algorithm>
#include <set>

namespace ai_ops::diagnosis {
namespace {

// In one snapshot a name is one object: a reference made from a message has no uid.
ObjectRef named(ObjectRef object) {
  object.uid.clear();
  return object;
}

}  // namespace

void Draft::cite(const ObjectView& from, const std::string& path) {
  if (auto found = field_evidence(from, path, object.namespace_name)) cite(std::move(*found));
}

void Draft::cite(Evidence found) {
  bool is_known = std::ranges::any_of(evidence, [&](const Evidence& e) { return e.ref == found.ref; });
  if (!is_known && evidence.size() < kMaxEvidence) evidence.push_back(std::move(found));
}

Case::Case(const Cluster& cluster, const std::vector<LogExcerpt>& logs, WallTime now)
    : cluster_(cluster), logs_(logs), now_(now) {
  for (const LogExcerpt& log : logs_) logs_by_pod_[{log.of.project, log.of.pod}].push_back(&log);
}

const Cluster& Case::cluster() const {
  if (++looks_ % kLooksPerClock == 0 && std::chrono::steady_clock::now() > deadline_) throw OverBudget();
  return cluster_;
}

void Case::begin_rule(foundation::SteadyTime deadline) {
  deadline_ = deadline;
  first_of_rule_ = drafts_.size();
  before_rule_.clear();
}

void Case::take_back_rule() {
  drafts_.resize(first_of_rule_);
  for (auto& [index, draft] : before_rule_) drafts_[index] = std::move(draft);
  before_rule_.clear();
  auto is_gone = [&](std::size_t index) { return index >= first_of_rule_; };
  for (Indices* all : {&symptoms_, &causes_})
    for (auto& [object, indices] : *all) std::erase_if(indices, is_gone);
}

Draft& Case::at(std::size_t index) {
  if (index < first_of_rule_) before_rule_.try_emplace(index, drafts_[index]);
  return drafts_[index];
}

Draft& Case::add(const ObjectRef& object, std::string_view fault, std::string headline) {
  Draft& draft = drafts_.emplace_back();
  draft.object = object;
  draft.fault = fault;
  draft.headline = std::move(headline);
  return draft;
}

Draft& Case::symptom(const ObjectRef& object, std::string_view fault, Severity severity, std::string headline) {
  symptoms_[named(object)].push_back(drafts_.size());
  Draft& draft = add(object, fault, std::move(headline));
  draft.severity = severity;
  return draft;
}

Draft& Case::symptom(const Workload& workload, std::string_view fault, std::string headline) {
  return symptom(workload.ref, fault, severity_of(workload), std::move(headline));
}

Draft& Case::cause(const ObjectRef& object, std::string_view fault, std::string headline) {
  causes_[named(object)].push_back(drafts_.size());
  Draft& draft = add(object, fault, std::move(headline));
  draft.is_symptom = false;
  return draft;
}

std::span<const std::size_t> Case::symptoms_of(const ObjectRef& object) const {
  auto found = symptoms_.find(named(object));
  return found == symptoms_.end() ? std::span<const std::size_t>() : found->second;
}

std::optional<std::size_t> Case::found(const ObjectRef& object, std::string_view fault) const {
  for (const Indices* all : {&symptoms_, &causes_}) {
    auto of = all->find(named(object));
    if (of == all->end()) continue;
    auto fits = std::ranges::find_if(of->second, [&](std::size_t index) { return drafts_[index].fault == fault; });
    if (fits != of->second.end()) return *fits;
  }
  return std::nullopt;
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
  if (std::ranges::count(drafts_[effect].causes, cause) == 0) at(effect).causes.push_back(cause);
  return true;
}

const LogExcerpt* Case::log(const LogWanted& of) const {
  auto logs = logs_by_pod_.find({of.project, of.pod});
  if (logs == logs_by_pod_.end()) return nullptr;
  auto found = std::ranges::find(logs->second, of, &LogExcerpt::of);
  return found == logs->second.end() ? nullptr : *found;
}

std::vector<const LogExcerpt*> Case::logs_of(const Workload& workload, std::string_view container) const {
  std::vector<const LogExcerpt*> out;
  for (const ObjectView& pod : workload.pods) {
    auto logs = logs_by_pod_.find({workload.ref.namespace_name, pod.name()});
    if (logs == logs_by_pod_.end()) continue;
    for (const LogExcerpt* log : logs->second)
      if (container.empty() || log->of.container == container) out.push_back(log);
  }
  std::ranges::sort(out);  // all are of one vector
  return out;
}

Severity severity_of(const Workload& workload) {
  return readiness_of(workload).ready == 0 ? Severity::critical : Severity::warning;
}

}  // namespace ai_ops::diagnosis
