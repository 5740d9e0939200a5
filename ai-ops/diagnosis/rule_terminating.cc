// Objects that were deleted and do not go away.
// Fault: stuck-terminating. A pod is told on its workload.
// Evidence: metadata.deletionTimestamp long ago, the finalizers; what a Namespace says that is left in it; the node of
// a pod. How Kubernetes works: an object stays until each of its finalizers was removed by whoever put it there. A
// pod's deletionTimestamp is when its grace period ends; after that only its node keeps it, which has to confirm its
// end. A claim's own finalizer waits for the last pod that uses it, a namespace for all that is in it. Source:
// kubernetes documentation, "Finalizers"; kubernetes/pkg/controller/namespace.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "ai-ops/diagnosis/condition.h"
#include "ai-ops/diagnosis/node_effect.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/volume_match.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kStuckAfter = 10min;
constexpr std::size_t kMaxStuck = 20;  // findings

bool is_stuck(const Case& c, const ObjectView& object) {
  auto since = time_of(object.metadata()["deletionTimestamp"]);
  return since && c.now() - *since > kStuckAfter;
}

std::string waited_words(const Case& c, const ObjectView& object) {
  auto waited = c.now() - time_of(object.metadata()["deletionTimestamp"]).value_or(c.now());
  if (waited < 2h) return fmt::format("{} min", waited / 1min);
  return waited < 48h ? fmt::format("{} h", waited / 1h) : fmt::format("{} days", waited / 24h);
}

void tell_pod(Case& c, const ObjectView& pod) {
  const Workload* workload = c.cluster().workload_of(pod);
  ObjectRef about = workload == nullptr ? pod.ref() : workload->ref;
  if (c.found(about, "stuck-terminating")) return;  // one is enough
  auto node = c.cluster().snapshot().find("Node", "", pod.spec()["nodeName"].text());
  Draft& draft = c.symptom(about, "stuck-terminating", Severity::warning, "has a pod that does not go away");
  draft.detail = fmt::format("{} was to be gone {} ago", pod.name(), waited_words(c, pod));
  draft.cite(pod, "metadata.deletionTimestamp");
  draft.cite(pod, "metadata.finalizers");
  draft.cite(pod, "spec.nodeName");
  std::size_t index = c.last_index();
  if (node)
    for (std::size_t cause : c.symptoms_of(node->ref()))
      if (may_bring_about(c.drafts()[cause].fault, "stuck-terminating")) c.link(index, cause);
}

// Why a namespace cannot be emptied, in its own words.
constexpr std::array<std::string_view, 4> kNamespaceConditions{
    "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionContentFailure", "NamespaceFinalizersRemaining",
    "NamespaceContentRemaining"};

void tell_namespace(Case& c, const ObjectView& object) {
  Draft& draft = c.symptom(object.ref(), "stuck-terminating", Severity::warning, "does not go away");
  draft.detail = fmt::format("it was deleted {} ago", waited_words(c, object));
  draft.cite(object, "metadata.deletionTimestamp");
  for (std::string_view type : kNamespaceConditions) {
    auto condition = condition_of(object, type);
    if (!condition || condition->status() != "True") continue;
    draft.detail += fmt::format("; {}", quote(condition->message()));
    draft.cite(object, condition->path + ".message");
    return;
  }
}

void tell_held(Case& c, const ObjectView& object, std::optional<std::size_t> its_namespace) {
  Draft& draft = c.symptom(object.ref(), "stuck-terminating", Severity::warning, "does not go away");
  draft.detail = fmt::format("it was deleted {} ago and waits for {}", waited_words(c, object),
                             quote(texts_of(object.metadata()["finalizers"])));
  draft.cite(object, "metadata.deletionTimestamp");
  draft.cite(object, "metadata.finalizers");
  if (its_namespace) c.link(*its_namespace, c.last_index());
}

}  // namespace

void find_terminating(Case& c) {
  std::map<std::string, std::size_t, std::less<>> namespaces;  // that are stuck, and their drafts
  for (const ObjectView& object : c.cluster().snapshot().of_kind("Namespace")) {
    if (!is_stuck(c, object) || namespaces.size() >= kMaxStuck) continue;
    tell_namespace(c, object);
    namespaces.emplace(object.name(), c.last_index());
  }
  std::size_t first = c.drafts().size();
  for (std::string_view kind : c.cluster().snapshot().kinds()) {
    if (kind == "Namespace" || kind == "Event") continue;
    for (const ObjectView& object : c.cluster().snapshot().of_kind(kind)) {
      if (c.drafts().size() - first >= kMaxStuck) return;
      if (!is_stuck(c, object)) continue;
      auto its = namespaces.find(object.namespace_name());
      if (kind == "Pod")
        tell_pod(c, object);
      else if (!object.metadata()["finalizers"].array().empty())
        tell_held(c, object, its == namespaces.end() ? std::nullopt : std::optional(its->second));
    }
  }
}

}  // namespace ai_ops::diagnosis
