// A pod that its node evicted. Symptom: a Failed pod with the reason Evicted. It is told while it is fresh, or while
// nobody has taken its place and nothing else says why; an evicted pod that was replaced is a record, whatever its
// successor suffers from: records stay until a controller clears thousands of them away.
// Evidence: the pod's reason and message. Cause: the node's pressure, where it still lasts and is of the resource that
// the kubelet names. A pod that used more local storage than it may is evicted for its own limit.
// Source: kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction; pkg/kubelet/eviction/helpers.go.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "ai-ops/diagnosis/node_effect.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kFresh = 15min;
constexpr std::string_view kEvicted = "evicted";

// The last thing that happened to the pod.
std::optional<WallTime> ended_at(const ObjectView& pod) {
  std::optional<WallTime> last;
  for (const json::Value& condition : pod.status()["conditions"].array())
    if (auto at = time_of(json::View(condition)["lastTransitionTime"]); at && (!last || *at > *last)) last = at;
  return last ? last : time_of(pod.status()["startTime"]);
}

bool lacks_a_pod(const Workload& workload) {
  return static_cast<std::int64_t>(workload.pods.size()) < readiness_of(workload).desired;
}

bool still_matters(const Case& c, const ObjectView& pod, const Workload& workload) {
  auto at = ended_at(pod);
  bool is_fresh = at && c.now() - *at < kFresh;
  return is_fresh || (lacks_a_pod(workload) && !c.has_symptom(workload.ref));
}

// "The node was low on resource: memory.", "The node had condition: [DiskPressure]."
struct Resource {
  std::string_view words;
  std::string_view condition;
};
constexpr std::array kResources{Resource{"resource: memory", "MemoryPressure"},
                                Resource{"resource: ephemeral-storage", "DiskPressure"},
                                Resource{"resource: inodes", "DiskPressure"},
                                Resource{"resource: pids", "PIDPressure"},
                                Resource{"condition: [MemoryPressure", "MemoryPressure"},
                                Resource{"condition: [DiskPressure", "DiskPressure"},
                                Resource{"condition: [PIDPressure", "PIDPressure"}};
constexpr std::string_view kForTheNode = "The node ";  // how the kubelet begins, of all but the pod's own limits

// That the condition may have brought it about, by what the kubelet says of it.
bool is_for(std::string_view message, std::string_view condition) {
  if (!may_bring_about(condition, kEvicted)) return false;
  if (!message.empty() && !message.contains(kForTheNode)) return false;
  auto row = std::ranges::find_if(kResources, [&](const Resource& it) { return message.contains(it.words); });
  return row == kResources.end() || row->condition == condition;
}

// What was told of the node, by the condition that it cites.
void link_pressure(Case& c, std::size_t evicted, const ObjectView& pod) {
  auto node = c.cluster().snapshot().find("Node", "", pod.spec()["nodeName"].text());
  if (!node) return;
  const json::Array& conditions = node->status()["conditions"].array();
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    if (!is_for(pod.status()["message"].text(), json::View(conditions[i])["type"].text())) continue;
    std::string cited = fmt::format("Node/{} status.conditions[{}].status", node->name(), i);
    for (std::size_t cause : c.symptoms_of(node->ref()))
      if (std::ranges::count(c.drafts()[cause].evidence, cited, &Evidence::ref) > 0) c.link(evicted, cause);
  }
}

void tell(Case& c, const ObjectView& pod, const Workload& workload) {
  Draft& draft = c.symptom(workload, kEvicted, "its pod was evicted");
  std::size_t index = c.last_index();
  draft.detail = quote(pod.status()["message"].text());
  draft.cite(pod, "status.reason");
  draft.cite(pod, "status.message");
  link_pressure(c, index, pod);
}

}  // namespace

void find_evictions(Case& c) {
  for (const ObjectView& pod : c.cluster().snapshot().of_kind("Pod")) {
    if (pod.status()["phase"].text() != "Failed" || pod.status()["reason"].text() != "Evicted") continue;
    const Workload* workload = c.cluster().workload_of(pod);
    if (workload == nullptr || c.found(workload->ref, kEvicted) || !still_matters(c, pod, *workload)) continue;
    tell(c, pod, *workload);
  }
}

}  // namespace ai_ops::diagnosis
