// Time as a seam. Wall time is milliseconds since the epoch (UTC), what tokens, rows and events carry;
// steady time is for durations and deadlines inside a process.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace foundation {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;
using Milliseconds = std::chrono::milliseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime wall() const override;
};

// A clock that a test moves.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start) : now_(start) {}
  WallTime wall() const override { return now_; }
  void advance(Milliseconds by) { now_ += by; }

 private:
  WallTime now_;
};

// RFC 3339 UTC with milliseconds: "2026-01-02T03:04:05.006Z".
std::string to_rfc3339(WallTime at);
// Takes any RFC 3339 time with 0 to 9 fraction digits and any offset.
Result<WallTime> parse_rfc3339(std::string_view text);

}  // namespace foundation
