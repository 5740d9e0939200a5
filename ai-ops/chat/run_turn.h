// Performs a Turn: each of its steps is done with the user's own token, what came of it is fed back, and events tell
// the control plane about it. Everything it holds lives on its coroutine: cancelled (the client has hung up), it stops
// at its next await and leaves nothing. Threads: one executor.
#pragma once
#include "ai-ops/agents/turn.h"
#include "ai-ops/chat/events.h"
#include "ai-ops/control_plane/control_plane.h"
#include "ai-ops/conversations/conversations.h"
#include "ai-ops/llm/model.h"
#include "foundation/base/clock.h"
#include "foundation/telemetry/metrics.h"

namespace ai_ops::chat {

// A model's answer that takes longer is done without; so is one that thinking has no time for.
inline constexpr foundation::Milliseconds kPlanningTime{20'000};
inline constexpr foundation::Milliseconds kNarrationTime{45'000};  // each try
inline constexpr std::size_t kMaxDeltaBytes = 8 << 10;             // a longer sentence goes out in pieces

struct Parts {  // borrowed from main
  control_plane::Reads& reads;
  control_plane::Operations& operations;
  const foundation::Clock& clock;
  foundation::telemetry::Gauge live;  // hks_turns_live
  llm::Model* model = nullptr;        // null: answers come from the analysis alone
};

// What a turn leaves for its conversation, as far as it has come.
struct Remembered {
  conversations::Entry entry = {};
  std::shared_ptr<const foundation::kubernetes::Snapshot> snapshot = {};  // that it was answered from; null: from none
};
// With every object that it names.
conversations::Entry entry_of(Remembered remembered);

// Ends with success when the stream is complete, be it with an `error` event. An Error: it is cut in the middle, or the
// writer's reader has gone. `remembered` is filled as the turn goes on, so that it holds what was done however it ends.
async::Task<void> run_turn(async::Context& ctx, Parts parts, control_plane::Caller caller, agents::TurnInput input,
                           EventWriter& writer, Remembered& remembered);

}  // namespace ai_ops::chat
