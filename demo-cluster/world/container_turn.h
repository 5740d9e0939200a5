// One container's step: what the kubelet looks at and what it writes. Private to the kubelet's files.
#pragma once
#include "demo-cluster/world/kubelet.h"

namespace demo_cluster::world {

std::string memory_id(json::View pod, std::string_view container);
// The container's status, null before its first step.
const json::Value* status_in(json::View pod, std::string_view container);

struct Kubelet::Turn {
  Step& step;
  json::View pod;
  json::View spec;
  Memory& memory;
  json::Object status;  // of the container; empty before its first step
  Fault fault;

  std::string_view name() const { return spec["name"].text(); }
  std::int64_t restarts() { return json::View(status["restartCount"]).integer_or(0); }
  json::View state() { return json::View(status["state"]); }
  // True once `delay` has passed since this was first asked in the present state.
  bool is_due(Milliseconds delay);
  void event(std::string_view type, std::string_view reason, std::string message);
  EventBook::Event event_of(std::string_view type, std::string_view reason, std::string message) const;
};

}  // namespace demo_cluster::world
