// A container that never started: what the kubelet waits for, by its reason.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

enum class Told { image, message };

struct WaitingReason {
  std::string_view reason;
  std::string_view headline;
  Told detail;
};

// The kubelet's reasons for a container that cannot start. ContainerCreating and PodInitializing are how every
// container begins: an event must tell that they are stuck.
constexpr std::array kWaitingReasons{
    WaitingReason{"ImagePullBackOff", "its image cannot be pulled", Told::image},
    WaitingReason{"ErrImagePull", "its image cannot be pulled", Told::image},
    WaitingReason{"ErrImageNeverPull", "its image is not on the node and may not be pulled", Told::image},
    WaitingReason{"InvalidImageName", "its image name is not valid", Told::image},
    WaitingReason{"ImageInspectError", "its image cannot be read", Told::image},
    WaitingReason{"CreateContainerConfigError", "its configuration is incomplete", Told::message},
    WaitingReason{"CreateContainerError", "its container cannot be created", Told::message},
    WaitingReason{"RunContainerError", "its container cannot be started", Told::message},
    WaitingReason{"PreStartHookError", "its container cannot be started", Told::message},
    WaitingReason{"PostStartHookError", "its start hook fails", Told::message},
};

struct StuckReason {
  std::string_view event_reason;
  std::string_view headline;
};
constexpr std::array kStuckReasons{
    StuckReason{"FailedMount", "a volume cannot be mounted"},
    StuckReason{"FailedAttachVolume", "a volume cannot be attached"},
    StuckReason{"FailedCreatePodSandBox", "its pod cannot be set up on the node"},
};

void tell_waiting(Case& c, const Workload& workload, const Container& container, const WaitingReason& row) {
  Draft& draft = c.symptom(workload, std::string(row.headline));
  std::string image = shown(container.spec["image"]);
  std::string message = quote(container.status["state"]["waiting"]["message"].text());
  draft.detail = row.detail == Told::image ? image : message;
  draft.container = container.name;
  draft.cite(container.pod, container.status_path + ".state.waiting.reason");
  if (row.detail == Told::image && !image.empty()) draft.cite(container.pod, container.spec_path + ".image");
  draft.cite(container.pod, container.status_path + ".state.waiting.message");
  for (const ObjectView& event : c.cluster().events_about(container.pod)) {
    if (event.root()["type"].text() != "Warning" || event.root()["reason"].text() == "BackOff") continue;
    draft.cite(event_evidence(event));
    break;
  }
}

bool tell_stuck(Case& c, const Workload& workload, const Container& container) {
  std::string_view reason = container.waiting_reason();
  if (reason != "ContainerCreating" && reason != "PodInitializing") return false;
  for (const ObjectView& event : c.cluster().events_about(container.pod)) {
    auto row = std::ranges::find(kStuckReasons, event.root()["reason"].text(), &StuckReason::event_reason);
    if (row == kStuckReasons.end()) continue;
    Draft& draft = c.symptom(workload, std::string(row->headline));
    draft.detail = quote(event.root()["message"].text());
    draft.cite(container.pod, container.status_path + ".state.waiting.reason");
    draft.cite(event_evidence(event));
    return true;
  }
  return false;
}

// One finding a workload: its pods share a template, so they share the reason.
void tell_first(Case& c, const Workload& workload) {
  for (const ObjectView& pod : workload.pods) {
    for (const Container& container : containers_of(pod)) {
      auto row = std::ranges::find(kWaitingReasons, container.waiting_reason(), &WaitingReason::reason);
      if (row != kWaitingReasons.end()) return tell_waiting(c, workload, container, *row);
      if (tell_stuck(c, workload, container)) return;
    }
  }
}

}  // namespace

void find_waiting(Case& c) {
  for (const Workload& workload : c.cluster().workloads())
    if (!c.has_symptom(workload.ref)) tell_first(c, workload);
}

}  // namespace ai_ops::diagnosis
