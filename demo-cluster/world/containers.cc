// The life of a container: creating -> (pulling) -> running -> terminated -> backing off -> running ...
#include <fmt/format.h>

#include "demo-cluster/world/container_turn.h"
#include "demo-cluster/world/dependencies.h"
#include "demo-cluster/world/pod_facts.h"

namespace demo_cluster::world {
namespace {

constexpr Milliseconds kLeastStart{800};  // creating takes from this to twice as much
constexpr Milliseconds kConfigRetry{5'000};
constexpr Milliseconds kPullFailure{1'000};  // from ErrImagePull to ImagePullBackOff
constexpr Milliseconds kTerminatedShown{300};
constexpr Milliseconds kTellAgain{15'000};  // events about what goes on
constexpr Milliseconds kCallEvery{3'000};

std::string image_id(std::string_view image) { return fmt::format("{}@sha256:demo-{}", image, name_hash(image)); }

}  // namespace

bool Kubelet::Turn::is_due(Milliseconds delay) {
  if (!memory.due) memory.due = step.now + delay;
  if (step.now < *memory.due) return false;
  memory.due.reset();
  return true;
}

EventBook::Event Kubelet::Turn::event_of(std::string_view type, std::string_view reason, std::string message) const {
  return {type, reason, std::move(message), "kubelet", fmt::format("spec.containers{{{}}}", name())};
}

void Kubelet::Turn::event(std::string_view type, std::string_view reason, std::string message) {
  step.event(pod, event_of(type, reason, std::move(message)));
}

void Kubelet::wait(Turn& turn, std::string_view reason, std::string message) {
  json::Object waiting{{"reason", reason}};
  if (!message.empty()) waiting["message"] = std::move(message);
  turn.status["state"] = json::Object{{"waiting", std::move(waiting)}};
  turn.status["ready"] = false;
  turn.status["started"] = false;
  turn.memory.due.reset();
}

void Kubelet::advance(Turn& turn) {
  if (turn.status.empty()) {
    turn.status = {{"name", turn.name()}, {"image", copy_of(turn.spec["image"])}, {"imageID", ""}, {"restartCount", 0}};
    wait(turn, "ContainerCreating", "");
    turn.is_due(kLeastStart + Milliseconds(turn.step.random.below(std::uint64_t(kLeastStart.count()))));
    return;
  }
  if (!turn.memory.log.has_run()) remember_runs(turn);
  if (turn.state()["running"]) return run(turn);
  if (turn.state()["terminated"]) return after_crash(turn);
  auto reason = turn.state()["waiting"]["reason"].text();
  if (reason == "CrashLoopBackOff") return back_off(turn);
  if (reason == "ErrImagePull") {
    if (!turn.is_due(kPullFailure)) return;
    auto image = turn.spec["image"].text();
    wait(turn, "ImagePullBackOff",
         fmt::format("Back-off pulling image \"{}\": ErrImagePull: {}", image, turn.fault.message));
    turn.event("Normal", "BackOff", fmt::format("Back-off pulling image \"{}\"", image));
    turn.event("Warning", "Failed", "Error: ImagePullBackOff");
    turn.is_due(pull_retry_of(turn.pod));
    return;
  }
  Milliseconds delay = reason == "ImagePullBackOff"    ? pull_retry_of(turn.pod)
                       : reason == "ContainerCreating" ? kLeastStart
                                                       : kConfigRetry;
  if (turn.is_due(delay)) attempt(turn);
}

void Kubelet::attempt(Turn& turn) {
  auto image = turn.spec["image"].text();
  if (turn.fault.kind == FaultKind::image_pull) {
    turn.event("Normal", "Pulling", fmt::format("Pulling image \"{}\"", image));
    turn.event("Warning", "Failed", fmt::format("Failed to pull image \"{}\": {}", image, turn.fault.message));
    turn.event("Warning", "Failed", "Error: ErrImagePull");
    wait(turn, "ErrImagePull", turn.fault.message);
    turn.is_due(kPullFailure);
    return;
  }
  if (turn.fault.kind == FaultKind::missing_config) {
    turn.event("Warning", "Failed", "Error: " + turn.fault.message);
    wait(turn, "CreateContainerConfigError", turn.fault.message);
    turn.is_due(kConfigRetry);
    return;
  }
  turn.event("Normal", "Pulled", fmt::format("Container image \"{}\" already present on machine", image));
  start(turn);
}

void Kubelet::start(Turn& turn) {
  turn.event("Normal", "Created", fmt::format("Created container: {}", turn.name()));
  turn.event("Normal", "Started", fmt::format("Started container {}", turn.name()));
  turn.status["state"] = json::Object{{"running", json::Object{{"startedAt", time_text(turn.step.now)}}}};
  turn.status["imageID"] = image_id(turn.spec["image"].text());
  turn.status["containerID"] = "demo://" + turn.step.random.hex(64);
  turn.status["ready"] = false;
  turn.status["started"] = true;
  turn.memory.due.reset();
  turn.memory.log.begin_run();
  turn.memory.log.print(turn.step.now, start_lines(turn.pod, turn.spec));
  run(turn);
}

void Kubelet::run(Turn& turn) {
  bool up = json::View(turn.status["ready"]).boolean_or(false);
  if (turn.fault.kind == FaultKind::crash && !(up && turn.fault.only_at_start)) {
    // A fault that comes late still lets the container run its time.
    if (turn.is_due(turn.fault.run_time)) crash(turn);
    return;
  }
  turn.memory.due.reset();
  serve(turn);
}

void Kubelet::serve(Turn& turn) {
  auto probe = turn.spec["readinessProbe"];
  auto started = time_of(turn.state()["running"]["startedAt"]);
  auto delay = std::chrono::seconds(probe["initialDelaySeconds"].integer_or(0));
  bool ready = turn.fault.kind != FaultKind::unready && turn.step.now - started >= delay;
  turn.status["ready"] = ready;
  if (turn.fault.kind == FaultKind::unready)
    turn.step.event_every(
        kTellAgain, turn.pod,
        turn.event_of("Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"));
  else if (!ready)
    turn.memory.due = started + delay;
  if (ready) call_out(turn);
}

// Every third call is answered from what the program has kept, whatever the other side does.
void Kubelet::call_out(Turn& turn) {
  auto variable = called_variable(turn.pod, turn.spec);
  auto& memory = turn.memory;
  if (variable.empty() || turn.step.now - memory.called_at < kCallEvery) return;
  memory.called_at = turn.step.now;
  auto url = env_value(turn.step.store, turn.pod, turn.spec, variable);
  auto endpoint = parse_endpoint(url);
  if (!endpoint) return;
  auto reached = reach(turn.step.store, turn.pod["metadata"]["namespace"].text(), *endpoint);
  if (reached.what == Reach::answered)
    memory.log.print(turn.step.now, fmt::format("POST {} 200", url));
  else if (memory.calls++ % 3 == 2)
    memory.log.print(turn.step.now, fmt::format("POST {} failed, answered from cache", url));
  else
    memory.log.print(turn.step.now, fmt::format("error: POST {}: {}", url, failure_text(reached)));
}

void Kubelet::crash(Turn& turn) {
  if (!turn.fault.last_words.empty()) turn.memory.log.print(turn.step.now, turn.fault.last_words);
  turn.status["state"] =
      json::Object{{"terminated", json::Object{{"exitCode", turn.fault.exit_code},
                                               {"reason", turn.fault.reason},
                                               {"startedAt", copy_of(turn.state()["running"]["startedAt"])},
                                               {"finishedAt", time_text(turn.step.now)},
                                               {"containerID", copy_of(json::View(turn.status["containerID"]))}}}};
  turn.status["ready"] = false;
  turn.status["started"] = false;
  turn.is_due(kTerminatedShown);
}

void Kubelet::after_crash(Turn& turn) {
  if (turn.pod["spec"]["restartPolicy"].text() == "Never") {
    turn.memory.due.reset();
    return;
  }
  if (!turn.is_due(kTerminatedShown)) return;
  turn.status["lastState"] = turn.status["state"];
  if (turn.restarts() == 0) return restart(turn);  // the first time at once, as the real kubelet
  auto pod_text = fmt::format("{}_{}({})", turn.pod["metadata"]["name"].text(),
                              turn.pod["metadata"]["namespace"].text(), turn.pod["metadata"]["uid"].text());
  auto delay = backoff_of(turn.pod, turn.restarts());
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(delay).count();
  auto wording = seconds < 60 ? fmt::format("{}s", seconds) : fmt::format("{}m{}s", seconds / 60, seconds % 60);
  wait(turn, "CrashLoopBackOff",
       fmt::format("back-off {} restarting failed container={} pod={}", wording, turn.name(), pod_text));
  turn.event("Warning", "BackOff",
             fmt::format("Back-off restarting failed container {} in pod {}", turn.name(), pod_text));
  turn.is_due(delay);
}

void Kubelet::back_off(Turn& turn) {
  if (turn.is_due(backoff_of(turn.pod, turn.restarts()))) restart(turn);
}

void Kubelet::restart(Turn& turn) {
  turn.status["restartCount"] = turn.restarts() + 1;
  attempt(turn);
}

// After a restart of this program: what the pod's status says must have been printed.
void Kubelet::remember_runs(Turn& turn) {
  auto lines = start_lines(turn.pod, turn.spec);
  auto replay = [&](json::View run) {
    turn.memory.log.begin_run();
    turn.memory.log.print(time_of(run["startedAt"]), lines);
    if (run["finishedAt"] && !turn.fault.last_words.empty())
      turn.memory.log.print(time_of(run["finishedAt"]), turn.fault.last_words);
  };
  if (auto last = json::View(turn.status["lastState"])["terminated"]) replay(last);
  for (auto state : {"running", "terminated"})
    if (auto run = turn.state()[state]) replay(run);
}

}  // namespace demo_cluster::world
