// Which probe a container suffers from now, and why: judged by its present state first, by what the kubelet's events
// say second. An event of a probe that failed once proves nothing of a container that has been well since.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/probe.h"

namespace ai_ops::diagnosis {

struct FailingProbe {
  enum class Harm {
    kills,       // the kubelet ends the container for it, again and again
    will_kill,   // it fails in the container's first run, which is not over
    no_traffic,  // the container runs, had its time, and is not ready
  };
  Container container;
  Probe probe;
  Harm harm = Harm::no_traffic;
  std::optional<ObjectView> unhealthy;  // the newest event of this probe
  std::optional<ObjectView> killing;    // the newest event of a kill for it
  bool has_worked = false;              // it succeeded in this pod, whose spec cannot change: its definition is right
  std::string_view words() const { return unhealthy ? probe_words(*unhealthy) : std::string_view(); }
  Answer answer() const { return answer_in(words()); }
};

// The gravest: what kills first.
std::optional<FailingProbe> failing_probe_of(const Cluster& cluster, const Container& container, WallTime now);

// Its readiness probe, if it has one, had the time that it allows since the container started, and some.
bool had_its_time(const Container& container, WallTime now);

// The container's other probes that fail as well, or that are well while this one fails.
struct OtherProbes {
  std::vector<Probe> well;
  std::vector<Probe> failing;
};
OtherProbes others_of(const Cluster& cluster, const FailingProbe& failing);

}  // namespace ai_ops::diagnosis
