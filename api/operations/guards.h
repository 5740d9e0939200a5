// Why a change may not run although its user may: rules over live objects that several operations share. Each names
// what would make it pass. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "api/operations/operation.h"

namespace api::operations {

struct ReplicaChange {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

// A HorizontalPodAutoscaler sets the replicas of the target and would undo the change: "hpa_owned".
std::optional<Refusal> refuse_autoscaled(const ObjectRef& target, const Surroundings& around);

// A Deployment whose rollout is paused, so that added replicas may run either version: "rollout_paused".
std::optional<Refusal> refuse_paused_rollout(const ObjectView& object);

// A workload that replaces its pods only when somebody deletes them: its new template would wait for that.
// "update_on_delete".
std::optional<Refusal> refuse_manual_updates(const ObjectView& object);

// A ResourceQuota has no room for the pods that would be added: "quota_exceeded".
std::optional<Refusal> refuse_over_quota(const ObjectView& object, ReplicaChange change, const Surroundings& around);

// Or for what the same number of pods would take more than they do now. While a rollout has pods of both templates it
// may want more room still, and waits for it.
std::optional<Refusal> refuse_template_over_quota(const ObjectView& object, json::View new_pod_spec,
                                                  const Surroundings& around);

// A LimitRange would keep out pods whose container asks for so much or so little: "outside_limit_range". Judged for
// `resources` ("cpu", "memory") of the container of that name, or of every one when it is empty, with the defaults that
// the LimitRange itself fills in.
std::optional<Refusal> refuse_outside_limit_range(const ObjectView& object, json::View new_pod_spec,
                                                  std::string_view container,
                                                  std::span<const std::string_view> resources,
                                                  const Surroundings& around);

// Fewer replicas would stay than a PodDisruptionBudget wants available of those that are wanted now: "pdb_violated".
// Kubernetes asks the budget for evictions only, so nobody else would look. A budget in relative terms (a percentage,
// maxUnavailable) thereby lets a large cut pass in steps; an absolute minAvailable is a floor.
std::optional<Refusal> refuse_below_disruption_budget(const ObjectView& object, ReplicaChange change,
                                                      const Surroundings& around);

}  // namespace api::operations
