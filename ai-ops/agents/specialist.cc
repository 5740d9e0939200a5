#include "ai-ops/agents/specialist.h"

#include <algorithm>
#include <array>

namespace ai_ops::agents {
namespace {

using reader::Intent;

constexpr std::array kWorkloadIntents{Intent::overview, Intent::diagnose, Intent::status, Intent::help,
                                      Intent::unknown};
constexpr std::array kEventIntents{Intent::events, Intent::logs};
constexpr std::array kOperationIntents{Intent::operate};

constexpr std::array<std::string_view, 2> kWorkloadTools{"get_object", "get_logs"};
constexpr std::array<std::string_view, 2> kEventTools{"list_events", "get_logs"};
constexpr std::array<std::string_view, 1> kOperationTools{"get_object"};

constexpr std::array kSpecialists{
    Specialist{"workloads", "looks for what is wrong and why", kWorkloadIntents, kWorkloadTools},
    Specialist{"events-and-logs", "reads events and logs", kEventIntents, kEventTools},
    Specialist{"operations", "asks the control plane for changes", kOperationIntents, kOperationTools},
};

}  // namespace

std::span<const Specialist> specialists() { return kSpecialists; }

const Specialist* choose(const reader::Reading& reading) {
  for (const Specialist& row : kSpecialists)
    if (std::ranges::find(row.intents, reading.intent) != row.intents.end()) return &row;
  return &kSpecialists.front();
}

}  // namespace ai_ops::agents
