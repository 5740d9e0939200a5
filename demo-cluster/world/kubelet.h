// The kubelets of all nodes: bound pods -> running containers, their faults, restarts, logs and ends. Keeps no truth
// of its own: what it remembers (when the next step of a container is due, what was printed) starts anew after a
// restart from the pods' status. Owner: World. Threads: one.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "demo-cluster/world/container_log.h"
#include "demo-cluster/world/faults.h"
#include "demo-cluster/world/step.h"

namespace demo_cluster::world {

class Kubelet {
 public:
  void step(Step& step);
  WallTime next_due() const { return next_due_; }  // the end of time when nothing is

  // kubectl logs, with the real kubelet's refusals for what has not run.
  Outcome<std::string> log(const Store& store, const Key& pod, const LogQuery& query, WallTime now) const;
  // What a follower of that log has not yet read; over when the container's run has ended.
  LogNews log_after(const Store& store, const Key& pod, const LogQuery& query, const LogPosition& seen) const;

 private:
  struct Memory {
    std::optional<WallTime> due;  // of the container's (or of a going pod's) next step
    ContainerLog log;
    WallTime called_at{};
    int calls = 0;
    bool seen = false;
  };
  struct Turn;  // one container's step

  void step_pod(Step& step, const Stored& pod);
  void end_pod(Step& step, const Stored& pod);
  json::Object status_of(Step& step, const Stored& pod);
  json::Array container_statuses(Step& step, json::View pod);

  static void advance(Turn& turn);
  static void wait(Turn& turn, std::string_view reason, std::string message);
  static void attempt(Turn& turn);
  static void start(Turn& turn);
  static void run(Turn& turn);
  static void serve(Turn& turn);
  static void crash(Turn& turn);
  static void after_crash(Turn& turn);
  static void back_off(Turn& turn);
  static void restart(Turn& turn);
  static void call_out(Turn& turn);
  static void remember_runs(Turn& turn);

  std::map<std::string, Memory> memories_;  // by pod uid and container
  WallTime next_due_ = WallTime::max();
};

}  // namespace demo_cluster::world
