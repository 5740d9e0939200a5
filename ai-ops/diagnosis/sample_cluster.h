// A small cluster for tests: project "shop", now = 12:00. A Deployment comes with its ReplicaSet and pods, as in life.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "foundation/base/clock.h"
#include "foundation/kubernetes/snapshot.h"

namespace ai_ops::diagnosis::sample {

namespace json = foundation::json;

inline const foundation::WallTime kNow = *foundation::parse_rfc3339("2026-01-02T12:00:00Z");

inline json::Value parsed(std::string_view text) {
  auto value = json::parse_tolerant(text);
  if (!value) throw std::invalid_argument(value.error().text() + " in " + std::string(text));
  return *std::move(value);
}

// ---- what a pod's status may look like
inline constexpr std::string_view kReady = R"({"phase": "Running",
  "conditions": [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "True"}],
  "containerStatuses": [{"name": "app", "ready": true, "restartCount": 0,
    "state": {"running": {"startedAt": "2026-01-02T08:00:00Z"}}}]})";
inline constexpr std::string_view kCrashing = R"({"phase": "Running",
  "conditions": [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "False"}],
  "containerStatuses": [{"name": "app", "ready": false, "restartCount": 6,
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}},
    "lastState": {"terminated": {"exitCode": 1, "reason": "Error",
      "startedAt": "2026-01-02T11:59:00Z", "finishedAt": "2026-01-02T11:59:01Z"}}}]})";
inline constexpr std::string_view kOutOfMemory = R"({"phase": "Running",
  "conditions": [{"type": "Ready", "status": "False"}],
  "containerStatuses": [{"name": "app", "ready": false, "restartCount": 4,
    "state": {"waiting": {"reason": "CrashLoopBackOff"}},
    "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled",
      "startedAt": "2026-01-02T11:50:00Z", "finishedAt": "2026-01-02T11:55:00Z"}}}]})";
inline constexpr std::string_view kNotReady = R"({"phase": "Running",
  "conditions": [{"type": "Ready", "status": "False"}],
  "containerStatuses": [{"name": "app", "ready": false, "restartCount": 0,
    "state": {"running": {"startedAt": "2026-01-02T11:00:00Z"}}}]})";
inline constexpr std::string_view kUnschedulable = R"({"phase": "Pending",
  "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
    "message": "0/2 nodes are available: 2 node(s) had untolerated taint {spot: true}."}]})";
inline std::string waiting(std::string_view reason, std::string_view message) {
  return fmt::format(R"({{"phase": "Pending", "conditions": [{{"type": "Ready", "status": "False"}}],
    "containerStatuses": [{{"name": "app", "ready": false, "restartCount": 0,
      "state": {{"waiting": {{"reason": "{}", "message": "{}"}}}}}}]}})",
                     reason, message);
}

inline std::string endpoint(std::string_view name, std::string_view scheme, std::string_view host, int port) {
  return fmt::format(R"({{"name": "{}", "fact": {{"type": "endpoint", "scheme": "{}", "host": "{}", "port": {}}}}})",
                     name, scheme, host, port);
}

struct Runs {
  int replicas = 1;
  std::string_view status = kReady;  // of each pod
  std::string env = {};              // items, comma-separated
  std::string resources = "{}";
  std::string project = "shop";
  std::string conditions = R"([{"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}])";
  std::string more_container = {};  // members, beginning with a comma
  std::string more_pod = {};        // of the pod's spec, beginning with a comma
};

class Cluster {
 public:
  Cluster() : snapshot_("1", kNow) {}

  const foundation::kubernetes::Snapshot& snapshot() const { return snapshot_; }
  Cluster& add(std::string_view object) {
    snapshot_.add(parsed(object));
    return *this;
  }

  Cluster& deployment(const std::string& name, const Runs& runs = {}) {
    std::string spec = fmt::format(R"({{"containers": [{{"name": "app", "image": "shop/{}:1", "env": [{}],
      "resources": {}{}}}]{}}})",
                                   name, runs.env, runs.resources, runs.more_container, runs.more_pod);
    int ready = runs.status == kReady ? runs.replicas : 0;
    add(fmt::format(R"({{"kind": "Deployment", "metadata": {{"name": "{0}", "namespace": "{1}", "uid": "uid-{0}",
      "generation": 1}}, "spec": {{"replicas": {2}, "selector": {{"matchLabels": {{"app": "{0}"}}}},
      "template": {{"metadata": {{"labels": {{"app": "{0}"}}}}, "spec": {3}}}}},
      "status": {{"observedGeneration": 1, "replicas": {2}, "readyReplicas": {4}, "conditions": {5}}}}})",
                    name, runs.project, runs.replicas, spec, ready, runs.conditions));
    add(fmt::format(R"({{"kind": "ReplicaSet", "metadata": {{"name": "{0}-5d9c", "namespace": "{1}",
      "ownerReferences": [{{"kind": "Deployment", "name": "{0}", "controller": true}}]}},
      "spec": {{"replicas": {2}}}}})",
                    name, runs.project, runs.replicas));
    for (int i = 0; i < runs.replicas; ++i) pod(fmt::format("{}-5d9c-{}", name, i), name, spec, runs);
    return *this;
  }

  // Selects the pods of the Deployment of the same name.
  Cluster& service(std::string_view name, int port, std::string_view more = "", std::string_view project = "shop") {
    return add(fmt::format(R"({{"kind": "Service", "metadata": {{"name": "{0}", "namespace": "{1}"}},
      "spec": {{"selector": {{"app": "{0}"}}, "ports": [{{"port": {2}}}]{3}}}}})",
                           name, project, port, more));
  }

  Cluster& node(std::string_view name, std::string_view cpu, std::string_view memory = "16Gi") {
    return add(fmt::format(R"({{"kind": "Node", "metadata": {{"name": "{}"}},
      "status": {{"allocatable": {{"cpu": "{}", "memory": "{}"}}}}}})",
                           name, cpu, memory));
  }

  Cluster& event(std::string_view name, std::string_view pod, std::string_view reason, std::string_view message,
                 std::string_view at = "2026-01-02T11:58:00Z") {
    return event_about("Pod", pod, name, reason, message, at);
  }
  Cluster& event_about(std::string_view kind, std::string_view object, std::string_view name, std::string_view reason,
                       std::string_view message, std::string_view at = "2026-01-02T11:58:00Z") {
    return add(fmt::format(R"({{"kind": "Event", "metadata": {{"name": "{}", "namespace": "shop"}}, "type": "Warning",
      "involvedObject": {{"kind": "{}", "namespace": "shop", "name": "{}"}}, "reason": "{}", "message": "{}",
      "lastTimestamp": "{}"}})",
                           name, kind, object, reason, message, at));
  }

 private:
  void pod(const std::string& name, const std::string& owner, const std::string& spec, const Runs& runs) {
    add(fmt::format(R"({{"kind": "Pod", "metadata": {{"name": "{0}", "namespace": "{1}",
      "labels": {{"app": "{2}"}}, "ownerReferences": [{{"kind": "ReplicaSet", "name": "{2}-5d9c", "controller": true}}]}},
      "spec": {3}, "status": {4}}})",
                    name, runs.project, owner, spec, runs.status));
  }

  foundation::kubernetes::Snapshot snapshot_;
};

}  // namespace ai_ops::diagnosis::sample
