// One WATCH as it goes on, and how long to wait before the next.
#pragma once
#include <functional>
#include <memory>

#include "foundation/http/client.h"
#include "foundation/kubernetes_api/collection.h"

namespace foundation::kubernetes_api {

inline constexpr Milliseconds kFirstPause{500};
inline constexpr Milliseconds kLastPause{30'000};
inline constexpr Milliseconds kSteadyTime{1'000};   // a watch that lasted so long was no failure
inline constexpr Milliseconds kWatchGrace{30'000};  // over kWatchTime, before silence is a dead peer

double random_fraction();  // from [0, 1)
// Before the next try: at once after the first failure, then twice as long each time, up to kLastPause; scattered by
// half, so that watches that broke together do not come back together.
Milliseconds pause_after(int failures, double random);
Milliseconds scattered(Milliseconds whole, double random);

// Gives each event to `take` until the server ends the watch. Code::unavailable: it broke or fell silent.
// Code::conflict: what it was to go on from is gone. Else what `take` says.
async::Task<void> follow_watch(std::unique_ptr<http::ResponseStream> stream, const Kind& kind,
                               std::function<Done(const WatchEvent&)> take);

}  // namespace foundation::kubernetes_api
