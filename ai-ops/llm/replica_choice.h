// Which replica of a model answers whom, and when one that has no room may be asked again. Pure.
#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "foundation/base/clock.h"

namespace ai_ops::llm {

// A replica as the choice sees it.
struct Standing {
  std::string_view address;
  bool alive = false;   // it answered when it was last asked
  bool loaded = false;  // the model is in its memory: another one may need minutes before its first token
  int in_flight = 0;
  foundation::SteadyTime last_failure = foundation::SteadyTime::min();
};

struct ChoiceLimits {
  int in_flight = 4;   // answers of one replica at the same time: more would slow each other down
  int preference = 1;  // a session's own replica is chosen while it answers at most so many more than the least busy
};

enum class NoReplica { all_busy, none_alive };

// Among those that are alive and have room: loaded ones before others, then the session's own (by rendezvous hash, so
// that a replica that comes or goes moves only the sessions that are its own), and where that is too busy the least
// busy; of equals the one whose last failure is longer ago. An empty session has no own replica.
std::expected<std::size_t, NoReplica> choose_replica(std::span<const Standing> replicas, std::string_view session,
                                                     const ChoiceLimits& limits);

inline constexpr std::int64_t kSoonestRetryS = 1, kLatestRetryS = 60;
// After how many seconds there may be room for one more behind `waiting` others, when an answer takes that long.
std::int64_t retry_after_s(std::size_t waiting, std::size_t places, foundation::Milliseconds an_answer);

}  // namespace ai_ops::llm
