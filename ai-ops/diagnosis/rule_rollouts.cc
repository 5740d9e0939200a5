// Rollouts: one that is held back, and one that is to be suspected.
// Fault: rollout-paused. A recent change is no finding of its own: it is told on the symptoms that began with it, with
// `rollback` as what may mend them, so that the cause stays the cause.
// Evidence: spec.paused and the replicas of the newest template; the newest ReplicaSet's age and what its pod template
// has changed, against the time since when its pods are not ready.
// How Kubernetes works: a paused Deployment keeps its old pods until it is resumed. Pods of a new template come from a
// ReplicaSet of their own (template_change.h).
// Source: kubernetes/pkg/controller/deployment.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ai-ops/diagnosis/condition.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/template_change.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kSuspectFor = 30min;   // what begins later has another reason
constexpr std::size_t kMaxNamed = 3;  // changed fields

void tell_paused(Case& c, const Workload& workload) {
  json::View spec = workload.object.spec(), status = workload.object.status();
  std::int64_t wanted = spec["replicas"].integer_or(1), updated = status["updatedReplicas"].integer_or(0);
  if (!spec["paused"].boolean_or(false) || !status["observedGeneration"] || updated >= wanted) return;
  // Whoever paused it wished so; it is worth more than knowing where the wish leaves it short of pods.
  bool is_whole = status["readyReplicas"].integer_or(0) >= wanted;
  Severity severity = is_whole ? Severity::info : Severity::warning;
  Draft& draft = c.symptom(workload.ref, "rollout-paused", severity, "its rollout is paused");
  draft.detail = fmt::format("{} of {} replicas have its newest template", updated, wanted);
  draft.cite(workload.object, "spec.paused");
  draft.cite(workload.object, "spec.replicas");
  draft.cite(workload.object, "status.updatedReplicas");
}

// Since when the pods of the ReplicaSet are not ready; none when one is.
std::optional<WallTime> unready_since(const Workload& workload, const ObjectView& set) {
  std::optional<WallTime> since;
  for (const ObjectView& pod : workload.pods) {
    auto owner = pod.controller();
    if (!owner || owner->name != set.name()) continue;
    if (is_ready(pod)) return std::nullopt;
    auto began = time_of(pod.condition("Ready")["lastTransitionTime"]);
    if (!began) began = time_of(pod.metadata()["creationTimestamp"]);
    if (began && (!since || *began < *since)) since = began;
  }
  return since;
}

bool began_with(const Workload& workload, const TemplateChange& change) {
  auto since = unready_since(workload, change.newest);
  return since && *since >= change.made && *since - change.made <= kSuspectFor;
}

std::string changed_words(const TemplateChange& change) {
  std::string out;
  for (std::size_t i = 0; i < std::min(change.fields.size(), kMaxNamed); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : ", ", change.fields[i].words);
  if (change.fields.size() > kMaxNamed) out += fmt::format(" and {} more", change.fields.size() - kMaxNamed);
  return out;
}

// What comes of another object is not undone by going back.
bool is_its_own(const Case& c, const Draft& draft) {
  return std::ranges::all_of(draft.causes, [&](std::size_t cause) { return c.drafts()[cause].object == draft.object; });
}

void suspect(Case& c, std::size_t index, const TemplateChange& change) {
  Draft& draft = c.at(index);
  draft.operation = "rollback";
  std::string words =
      fmt::format("it began with revision {}, which changed {}", change.revision, changed_words(change));
  draft.detail = draft.detail.empty() ? words : fmt::format("{}; {}", draft.detail, words);
  draft.cite(change.newest, "metadata.creationTimestamp");
  for (const ChangedField& field : change.fields) {
    if (!field.before.empty()) draft.cite(change.previous, field.before);
    draft.cite(change.newest, field.after);
  }
}

using SetsByDeployment = std::map<std::pair<std::string, std::string>, std::vector<ObjectView>>;

SetsByDeployment sets_in(const Cluster& cluster) {
  SetsByDeployment out;
  for (const ObjectView& set : cluster.snapshot().of_kind("ReplicaSet")) {
    auto owner = set.controller();
    if (owner && owner->kind == "Deployment") out[{owner->namespace_name, owner->name}].push_back(set);
  }
  return out;
}

}  // namespace

void find_rollouts(Case& c) {
  std::optional<SetsByDeployment> sets;  // made once, if at all
  for (const Workload& workload : c.cluster().workloads()) {
    if (workload.ref.kind != "Deployment") continue;
    auto symptoms = c.symptoms_of(workload.ref);
    if (symptoms.empty()) {
      tell_paused(c, workload);
      continue;
    }
    if (!sets) sets = sets_in(c.cluster());
    auto change = newest_change((*sets)[{workload.ref.namespace_name, workload.ref.name}]);
    if (!change || !began_with(workload, *change)) continue;
    for (std::size_t index : symptoms)
      if (is_its_own(c, c.drafts()[index])) suspect(c, index, *change);
  }
}

}  // namespace ai_ops::diagnosis
