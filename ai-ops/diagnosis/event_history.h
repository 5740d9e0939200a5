// What the events about one object come to: the failures of a step that nothing later says has gone on. An event stays
// for an hour after its last time, however well the object is by then. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

// Something that a controller or the kubelet tries until it succeeds.
struct Step {
  std::string_view fails_as;                  // the reason of its event
  std::span<const std::string_view> went_on;  // reasons of events that come after it only
  // One pass does it many times, up to the first that fails: of one second the failure is the last word.
  bool is_done_in_batches = false;
};

// kubelet: a pod's images are pulled once its volumes are mounted and its sandbox stands.
inline constexpr std::array<std::string_view, 4> kPodWentOn{"Pulling", "Pulled", "Created", "Started"};
inline constexpr std::array<std::string_view, 5> kAttachWentOn{"SuccessfulAttachVolume", "Pulling", "Pulled", "Created",
                                                               "Started"};
inline constexpr std::array<std::string_view, 1> kCreationWentOn{"SuccessfulCreate"};

inline constexpr Step kAttaching{"FailedAttachVolume", kAttachWentOn};
inline constexpr Step kMounting{"FailedMount", kPodWentOn};
inline constexpr Step kSettingUpSandbox{"FailedCreatePodSandBox", kPodWentOn};
inline constexpr Step kCreatingPods{"FailedCreate", kCreationWentOn, true};

// Of the events, newest first as Cluster::events_about gives them, the failures that still stand. A success that names
// a volume ends the failures of that volume only.
std::vector<ObjectView> standing_failures(const std::vector<ObjectView>& newest_first, std::span<const Step> steps);

// It came more than once, or has stood for kTransient: what the first try misses is often there at the second.
inline constexpr std::chrono::minutes kTransient{1};
bool has_lasted(const ObjectView& failure, WallTime now);

std::int64_t times_seen(const ObjectView& event);
// "pvc-7" of an event `... for volume "pvc-7" ...`; empty when it names none.
std::string_view volume_named_by(const ObjectView& event);

}  // namespace ai_ops::diagnosis
