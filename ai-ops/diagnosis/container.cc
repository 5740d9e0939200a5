#include "ai-ops/diagnosis/container.h"

#include <fmt/format.h>

#include <algorithm>

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

// The kubelet forgets a container's restarts once it has run for this long.
constexpr auto kBackOffReset = 10min;
constexpr std::int64_t kRepeated = 3;  // restarts from which a running container may still be in a crash loop

void add_containers(const ObjectView& pod, std::string_view statuses, std::string_view specs, Container::Role role,
                    std::vector<Container>& out) {
  const json::Array& list = pod.status()[statuses].array();
  const json::Array& spec_list = pod.spec()[specs].array();
  for (std::size_t i = 0; i < list.size(); ++i) {
    Container container{pod,
                        std::string(json::View(list[i])["name"].text()),
                        json::View(list[i]),
                        fmt::format("status.{}[{}]", statuses, i),
                        {},
                        {},
                        role};
    for (std::size_t j = 0; j < spec_list.size(); ++j) {
      if (json::View(spec_list[j])["name"].text() != container.name) continue;
      container.spec = json::View(spec_list[j]);
      container.spec_path = fmt::format("spec.{}[{}]", specs, j);
    }
    if (role == Container::Role::init && container.spec["restartPolicy"].text() == "Always")
      container.role = Container::Role::sidecar;
    out.push_back(std::move(container));
  }
}

// Running again after repeated short runs: not yet for longer than the last of them, or not ready yet. The kubelet
// itself forgets the restarts only after kBackOffReset.
bool is_between_crashes(const Container& container, WallTime now) {
  json::View last = container.status["lastState"]["terminated"];
  auto started = time_of(last["startedAt"]), finished = time_of(last["finishedAt"]);
  auto running_since = time_of(container.status["state"]["running"]["startedAt"]);
  if (!started || !finished || !running_since || container.restarts() < kRepeated) return false;
  auto last_run = *finished - *started;
  auto has_run = now - *running_since;
  bool is_ready = container.status["ready"].boolean_or(true);
  if (last["exitCode"].integer_or(0) == 0 || last_run >= kBackOffReset) return false;
  return has_run <= last_run || (!is_ready && has_run < kBackOffReset);
}

bool restarts_always(const ObjectView& pod) {
  std::string_view policy = pod.spec()["restartPolicy"].text("Always");
  return policy != "Never";
}

}  // namespace

std::vector<Container> containers_of(const ObjectView& pod) {
  std::vector<Container> out;
  add_containers(pod, "initContainerStatuses", "initContainers", Container::Role::init, out);
  add_containers(pod, "containerStatuses", "containers", Container::Role::main, out);
  return out;
}

std::optional<Crash> crash_of(const Container& container, WallTime now) {
  json::View state = container.status["state"];
  json::View last = container.status["lastState"]["terminated"];
  Crash by_last{container, container.status_path + ".lastState.terminated", last, true};
  if (container.waiting_reason() == "CrashLoopBackOff") {
    by_last.previous = static_cast<bool>(last);
    return by_last;
  }
  json::View terminated = state["terminated"];
  if (terminated && terminated["exitCode"].integer_or(0) != 0 && restarts_always(container.pod)) {
    Crash current{container, container.status_path + ".state.terminated", terminated, false};
    if (container.restarts() >= 1 || current.out_of_memory()) return current;
  }
  if (state["running"] && is_between_crashes(container, now)) return by_last;
  return std::nullopt;
}

std::vector<Crash> crashes_of(const Workload& workload, WallTime now) {
  std::vector<Crash> worst;
  for (const ObjectView& pod : workload.pods) {
    for (const Container& container : containers_of(pod)) {
      auto crash = crash_of(container, now);
      if (!crash) continue;
      auto same = std::ranges::find(worst, container.name, [](const Crash& c) { return c.container.name; });
      if (same == worst.end()) {
        worst.push_back(*crash);
      } else if (container.restarts() > same->container.restarts()) {
        *same = *crash;
      }
    }
  }
  return worst;
}

}  // namespace ai_ops::diagnosis
