// Specialists are data: what each is for, which intents it takes, which read tools it may call. The orchestrator
// chooses a row.
#pragma once
#include <span>
#include <string_view>

#include "ai-ops/reader/reader.h"

namespace ai_ops::agents {

struct Specialist {
  std::string_view name;     // "workloads", "events-and-logs", "operations"
  std::string_view purpose;  // shown as the agent event's task
  std::span<const reader::Intent> intents;
  std::span<const std::string_view> tools;  // names of ai-ops/tools rows
};

std::span<const Specialist> specialists();
// Never null: the first row (workloads) answers what no other takes.
const Specialist* choose(const reader::Reading& reading);

}  // namespace ai_ops::agents
