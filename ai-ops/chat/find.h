// Findings without a chat: the diagnosis of what the token's user may see, by the same reads and logs as a chat's, with
// neither words nor a model; nothing is asked for, nothing is remembered. Cancelled, it stops at its next await.
// Threads: one executor.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "ai-ops/chat/events.h"
#include "ai-ops/control_plane/control_plane.h"
#include "ai-ops/diagnosis/finding.h"
#include "foundation/base/clock.h"
#include "foundation/telemetry/metrics.h"

namespace ai_ops::chat {

struct FindParts {  // borrowed from main
  control_plane::Reads& reads;
  const foundation::Clock& clock;
  foundation::telemetry::Gauge live;  // hks_turns_live
};

struct FindingsWanted {
  // Its project, its kind and name, or all three; each empty: any. With what is asked for comes whatever causes it.
  foundation::kubernetes::ObjectRef object = {};
  diagnosis::Severity at_least = diagnosis::Severity::info;  // also of the causes
};

std::optional<diagnosis::Severity> find_severity(std::string_view word);  // none: there is no such

// Emits each `finding`, then `checked`, which also says what could not be looked at; or one `error`, when the workspace
// cannot be read. Ends with success when the stream is complete. An Error: it is cut in the middle, or the writer's
// reader has gone.
async::Task<void> find(async::Context& ctx, FindParts parts, control_plane::Caller caller, FindingsWanted wanted,
                       EventWriter& writer);

}  // namespace ai_ops::chat
