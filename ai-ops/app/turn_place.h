// What the routes that run a turn have in common: a place, the turn's time, a way out for its events.
#pragma once
#include <cstdint>
#include <string>

#include "ai-ops/app/access.h"
#include "ai-ops/chat/events.h"

namespace ai_ops::app {

// One of the places of --max-turns, for as long as it lives.
class TurnPlace {
 public:
  static bool is_free(const Services& services) { return services.running_turns < services.max_turns; }
  static http::Reply none_left(const async::Context& ctx);

  explicit TurnPlace(Services& services) : running_(services.running_turns) { ++running_; }
  ~TurnPlace() { --running_; }
  TurnPlace(const TurnPlace&) = delete;
  TurnPlace& operator=(const TurnPlace&) = delete;

 private:
  int& running_;
};

// Ends before the token does, and is logged as the turn's.
async::Context turn_context(const Services& services, const async::Context& ctx, const Bearer& bearer);

class SseWriter final : public chat::EventWriter {
 public:
  explicit SseWriter(http::Stream& stream) : stream_(stream) {}
  async::Task<void> write(std::int64_t seq, std::string name, json::Object data) override;

 private:
  http::Stream& stream_;
  std::string frame_;  // outlives the write
};

}  // namespace ai_ops::app
