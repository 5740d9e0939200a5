// What every request carries: an id, a deadline, a log with that id. No services inside.
// Owned by the session that serves the request; a task group's member gets a child of its own, never a borrowed one.
#pragma once
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "foundation/base/clock.h"
#include "foundation/telemetry/log.h"

namespace foundation::async {

struct Context {
  std::string request_id;
  SteadyTime deadline = SteadyTime::max();
  telemetry::Log log;

  // A context with the same id that must end no later than this one.
  Context child(Milliseconds budget) const {
    return {request_id, std::min(deadline, std::chrono::steady_clock::now() + budget), log};
  }
  Milliseconds left() const {
    auto now = std::chrono::steady_clock::now();
    return deadline <= now ? Milliseconds(0) : std::chrono::duration_cast<Milliseconds>(deadline - now);
  }
};

}  // namespace foundation::async
