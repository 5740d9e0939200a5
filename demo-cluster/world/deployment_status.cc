#include "demo-cluster/world/deployment_status.h"

#include <fmt/format.h>

#include <algorithm>

#include "demo-cluster/world/pod_facts.h"
#include "foundation/kubernetes/object.h"

namespace demo_cluster::world {
namespace {

std::int64_t counted(json::View status, std::string_view name) { return status[name].integer_or(0); }

json::Value* find(json::Array& conditions, std::string_view type) {
  for (auto& condition : conditions)
    if (json::View(condition)["type"].text() == type) return &condition;
  return nullptr;
}

// set_condition with lastUpdateTime, which moves with every change and, `touched`, without one.
void set_timed(json::Array& conditions, std::string_view type, bool is_true, std::string_view reason,
               std::string_view message, WallTime now, bool touched = false) {
  const auto* standing = find(conditions, type);
  json::Value updated = copy_of(json::View(standing)["lastUpdateTime"]);
  bool changed = set_condition(conditions, type, is_true, reason, message, now);
  if (changed || touched) updated = json::Value(time_text(now));
  find(conditions, type)->as_object()["lastUpdateTime"] = std::move(updated);
}

bool is_complete(json::View deployment, json::View status) {
  auto wanted = deployment["spec"]["replicas"].integer_or(1);
  return counted(status, "updatedReplicas") == wanted && counted(status, "replicas") == wanted &&
         counted(status, "availableReplicas") == wanted;
}

// More of the new, less of the old, or more that serves than a step before.
bool has_moved(json::View before, json::View after) {
  auto old_pods = [](json::View status) { return counted(status, "replicas") - counted(status, "updatedReplicas"); };
  return counted(after, "updatedReplicas") > counted(before, "updatedReplicas") || old_pods(after) < old_pods(before) ||
         counted(after, "readyReplicas") > counted(before, "readyReplicas") ||
         counted(after, "availableReplicas") > counted(before, "availableReplicas");
}

void set_progress(json::View deployment, json::View status, std::string_view set, json::Array& conditions,
                  WallTime now) {
  json::View standing(find(conditions, "Progressing"));
  bool settled = standing["reason"].text() == "NewReplicaSetAvailable";
  if (is_complete(deployment, status)) {
    set_timed(conditions, "Progressing", true, "NewReplicaSetAvailable",
              fmt::format("ReplicaSet \"{}\" has successfully progressed.", set), now);
  } else if (settled) {
    return;  // what breaks after a rollout is not the rollout's
  } else if (has_moved(deployment["status"], status)) {
    set_timed(conditions, "Progressing", true, "ReplicaSetUpdated",
              fmt::format("ReplicaSet \"{}\" is progressing.", set), now, true);
  } else if (auto since = standing["lastUpdateTime"];
             since && now - time_of(since) >
                          std::chrono::seconds(deployment["spec"]["progressDeadlineSeconds"].integer_or(600))) {
    set_timed(conditions, "Progressing", false, "ProgressDeadlineExceeded",
              fmt::format("ReplicaSet \"{}\" has timed out progressing.", set), now);
  }
}

json::Object counts(json::View deployment, const Stored& current, const std::vector<Stored>& all) {
  json::Object status = deployment["status"].object();
  std::int64_t total = 0, ready = 0, available = 0;
  for (const auto& set : all) {
    auto of = json::View(*set)["status"];
    total += counted(of, "replicas");
    ready += counted(of, "readyReplicas");
    available += counted(of, "availableReplicas");
  }
  status["observedGeneration"] = copy_of(deployment["metadata"]["generation"]);
  put_count(status, "replicas", total);
  put_count(status, "updatedReplicas", current ? counted(json::View(*current)["status"], "replicas") : 0);
  put_count(status, "readyReplicas", ready);
  put_count(status, "availableReplicas", available);
  put_count(status, "unavailableReplicas",
            std::max<std::int64_t>(0, std::max(total, deployment["spec"]["replicas"].integer_or(1)) - available));
  return status;
}

}  // namespace

json::Object deployment_status(json::View deployment, const Stored& current, const std::vector<Stored>& all,
                               std::int64_t max_unavailable, bool paused, WallTime now) {
  json::Object status = counts(deployment, current, all);
  json::Array conditions = deployment["status"]["conditions"].array();
  auto wanted = deployment["spec"]["replicas"].integer_or(1);
  bool serves = json::View(status.if_contains("availableReplicas")).integer_or(0) >= wanted - max_unavailable;
  set_timed(conditions, "Available", serves, serves ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            serves ? "Deployment has minimum availability." : "Deployment does not have minimum availability.", now);
  if (current && !paused) {
    json::Value as_value = status;
    set_progress(deployment, as_value, json::View(*current)["metadata"]["name"].text(), conditions, now);
  }
  status["conditions"] = std::move(conditions);
  return status;
}

void note_new_set(Step& step, const Stored& deployment, std::string_view set_name) {
  json::Value after = *deployment;
  auto& conditions = array_at(after, {"status", "conditions"});
  set_timed(conditions, "Progressing", true, "NewReplicaSetCreated",
            fmt::format("Created new replica set \"{}\"", set_name), step.now);
  step.write(deployment, std::move(after));
}

}  // namespace demo_cluster::world
