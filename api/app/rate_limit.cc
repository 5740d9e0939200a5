#include "api/app/rate_limit.h"

#include <algorithm>

namespace api::app {

using foundation::Milliseconds;
using foundation::WallTime;

double RateLimit::filled(const Bucket& bucket, WallTime now) const {
  double minutes = double((now - bucket.at).count()) / 60'000;
  return std::min(burst_, bucket.tokens + std::max(0.0, minutes) * per_minute_);
}

// A full bucket says nothing that a new one would not.
void RateLimit::forget_full(WallTime now) {
  std::erase_if(buckets_, [&](const auto& entry) { return filled(entry.second, now) >= burst_; });
}

std::optional<Milliseconds> RateLimit::take(const std::string& key, WallTime now) {
  if (!buckets_.contains(key) && buckets_.size() >= kMaxRateKeys) {
    forget_full(now);
    if (buckets_.size() >= kMaxRateKeys) return Milliseconds(60'000);
  }
  Bucket& bucket = buckets_.try_emplace(key, Bucket{burst_, now}).first->second;
  bucket = {filled(bucket, now), now};
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return std::nullopt;
  }
  return Milliseconds(std::int64_t((1 - bucket.tokens) / per_minute_ * 60'000) + 1);
}

}  // namespace api::app
