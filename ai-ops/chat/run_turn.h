// Performs a Turn: each of its steps is done with the user's own token, what came of it is fed back, and events tell
// the control plane about it. Everything it holds lives on its coroutine: cancelled (the client has hung up), it stops
// at its next await and leaves nothing. Threads: one executor.
#pragma once
#include "ai-ops/agents/turn.h"
#include "ai-ops/chat/events.h"
#include "ai-ops/control_plane/control_plane.h"
#include "foundation/base/clock.h"
#include "foundation/telemetry/metrics.h"

namespace ai_ops::chat {

// Of the context's time. What is left is for concluding: no read and no operation begins any more.
inline constexpr int kThinkingPercent = 80;
inline constexpr int kDiagnosisLogLines = 50;           // of each log that the diagnosis asks for
inline constexpr std::size_t kMaxDeltaBytes = 8 << 10;  // a longer sentence goes out in pieces

struct Parts {  // borrowed from main
  control_plane::Reads& reads;
  control_plane::Operations& operations;
  const foundation::Clock& clock;
  foundation::telemetry::Gauge live;  // hks_turns_live
};

// Ends with success when the stream is complete, be it with an `error` event. An Error: it is cut in the middle, or the
// writer's reader has gone.
async::Task<void> run_turn(async::Context& ctx, Parts parts, control_plane::Caller caller, agents::TurnInput input,
                           EventWriter& writer);

}  // namespace ai_ops::chat
