#include "api/operations/rollout.h"

#include <algorithm>
#include <array>

namespace api::operations {
namespace {

// Which status counts of each kind must have reached what is wanted.
struct Counts {
  std::string_view wanted;  // in status; empty: spec.replicas
  std::array<std::string_view, 3> reached;
};
Counts counts_of(std::string_view kind) {
  if (kind == "DaemonSet")
    return {"desiredNumberScheduled", {"updatedNumberScheduled", "numberReady", "numberAvailable"}};
  if (kind == "StatefulSet") return {"", {"replicas", "readyReplicas", "updatedReplicas"}};
  return {"", {"replicas", "updatedReplicas", "availableReplicas"}};
}

}  // namespace

bool is_observed(const ObjectView& object) {
  return object.status()["observedGeneration"].integer_or(0) >= object.generation();
}

bool is_rolled_out(const ObjectView& object) {
  if (!is_observed(object)) return false;
  Counts counts = counts_of(object.kind());
  json::View status = object.status();
  std::int64_t wanted =
      counts.wanted.empty() ? object.spec()["replicas"].integer_or(1) : status[counts.wanted].integer_or(0);
  return std::ranges::all_of(counts.reached,
                             [&](std::string_view count) { return status[count].integer_or(0) == wanted; });
}

}  // namespace api::operations
