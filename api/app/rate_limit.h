// A token bucket per key, bounded in keys. Pure but for its own state; time is passed in. Threads: one executor.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "foundation/base/clock.h"

namespace api::app {

inline constexpr std::size_t kMaxRateKeys = 10'000;

class RateLimit {
 public:
  RateLimit(double per_minute, double burst) : per_minute_(per_minute), burst_(burst) {}
  // None: go on. Else how long to wait.
  std::optional<foundation::Milliseconds> take(const std::string& key, foundation::WallTime now);

 private:
  struct Bucket {
    double tokens = 0;
    foundation::WallTime at{};
  };
  void forget_full(foundation::WallTime now);
  double filled(const Bucket& bucket, foundation::WallTime now) const;

  double per_minute_;
  double burst_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace api::app
