// What is wrong with a container at this moment: scripted by the pod's annotations or following from what it needs.
//   demo/fail: CrashLoopBackOff | OOMKilled | ImagePullBackOff | Unready
//   demo/exit-code: "3"     of a scripted crash (1; OOMKilled always 137)
//   demo/backoff: 5s        between restarts, instead of 10 s doubling to 5 minutes
//   demo/pull-retry: 8s     between attempts to pull (20 s)
//   demo/log: |             the lines that the container prints at each start
//   demo/needs-endpoint: DATABASE_URL   crashes at start while that variable's URL leads nowhere
//   demo/calls: CHECKOUT_URL            calls that URL as it runs and logs how that went
//   demo/container: NAME    the container that all this is about (the first)
// Pure.
#pragma once
#include <string>

#include "demo-cluster/world/editing.h"
#include "demo-cluster/world/store.h"

namespace demo_cluster::world {

enum class FaultKind { none, crash, image_pull, missing_config, unready };

struct Fault {
  FaultKind kind = FaultKind::none;
  std::int64_t exit_code = 1;
  std::string reason = "Error";  // of the termination
  std::string last_words{};      // the line that the program prints before it ends; empty: none
  std::string message{};         // of an image or of configuration that is not there
  Milliseconds run_time{1'000};  // from the start to the crash
  bool only_at_start = false;    // a program that has once come up lives on
};

Fault fault_of(const Store& store, json::View pod, json::View container);
// The delay before the restart that follows `restarts` restarts.
Milliseconds backoff_of(json::View pod, std::int64_t restarts);
Milliseconds pull_retry_of(json::View pod);
// What `container` prints when it starts.
std::string start_lines(json::View pod, json::View container);
// The variable that names what the container calls as it runs; "" when it calls nothing.
std::string_view called_variable(json::View pod, json::View container);

}  // namespace demo_cluster::world
