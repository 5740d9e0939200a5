// A container as its pod's status shows it, with the paths to cite; and whether it keeps crashing.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"
#include "foundation/json/view.h"

namespace ai_ops::diagnosis {

struct Container {
  enum class Role {
    main,
    init,     // runs before the main ones, and ends
    sidecar,  // an init container that restarts always: it starts before the main ones and runs as long as they do
  };
  ObjectView pod;
  std::string name;
  json::View status;        // of containerStatuses or initContainerStatuses
  std::string status_path;  // "status.containerStatuses[0]"
  json::View spec;
  std::string spec_path;  // "spec.containers[0]"; empty when the pod's spec does not have it
  Role role = Role::main;
  std::int64_t restarts() const { return status["restartCount"].integer_or(0); }
  std::string_view waiting_reason() const { return status["state"]["waiting"]["reason"].text(); }
};

// Init containers first, as they run.
std::vector<Container> containers_of(const ObjectView& pod);

struct Crash {
  Container container;
  std::string path;       // of the termination that is told: "status.containerStatuses[0].lastState.terminated"
  json::View terminated;  // empty when only the back-off is known
  bool previous = false;  // its log is that of the container's last run
  bool out_of_memory() const { return terminated["reason"].text() == "OOMKilled"; }
};

// A container that is ready, or has outlived its last run, does not keep crashing, however often it did before.
std::optional<Crash> crash_of(const Container& container, WallTime now);
// The worst crash of each container name among the workload's pods: most restarts, then first by pod name.
std::vector<Crash> crashes_of(const Workload& workload, WallTime now);

}  // namespace ai_ops::diagnosis
