#include "ai-ops/app/turn_place.h"

#include "foundation/http/sse.h"

namespace ai_ops::app {

namespace {

// The token outlives its turn by this much: the answer must be complete while callbacks are still honoured.
constexpr foundation::Milliseconds kBeforeExpiry{30'000};

}  // namespace

http::Reply TurnPlace::none_left(const async::Context& ctx) {
  return http::problem_reply({429, "rate_limited", "As many turns as fit are running; try again.", {}}, ctx.request_id);
}

async::Context turn_context(const Services& services, const async::Context& ctx, const Bearer& bearer) {
  auto turn = ctx.child(bearer.claims.expires_at - services.clock.wall() - kBeforeExpiry);
  turn.log = ctx.log.with({{"turn", bearer.claims.turn}});
  return turn;
}

async::Task<void> SseWriter::write(std::int64_t seq, std::string name, json::Object data) {
  frame_ = http::sse_frame(std::to_string(seq), name, json::to_text(data));
  return stream_.write(frame_);
}

}  // namespace ai_ops::app
