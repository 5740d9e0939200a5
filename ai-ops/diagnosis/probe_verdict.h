// Why a probe fails: whether it is the probe that is wrong, or the program.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/draft.h"
#include "ai-ops/diagnosis/failing_probe.h"

namespace ai_ops::diagnosis {

struct ProbeVerdict {
  enum class Wrong { port, protocol, timing, program };
  Wrong wrong = Wrong::program;
  Certainty certainty = Certainty::shown;
  std::string detail;               // "it asks port 8081, the container declares 8080"
  std::vector<std::string> fields;  // of the pod, that show it
};

// Of Services that select the pod: the one that sends to the port that is asked tells what it speaks.
ProbeVerdict verdict_of(const Cluster& cluster, const Workload& workload, const std::vector<ObjectView>& services,
                        const FailingProbe& failing);

}  // namespace ai_ops::diagnosis
