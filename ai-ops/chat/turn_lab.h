// For tests: a turn over the control plane's fake, with or without a model.
#pragma once
#include <gtest/gtest.h>

#include "ai-ops/chat/recorder.h"
#include "ai-ops/chat/run_turn.h"
#include "ai-ops/control_plane/fake.h"

namespace ai_ops::chat {

class TurnLab : public testing::Test {
 protected:
  static constexpr const char* kTurn = "019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10";

  // `out` is set when the turn has ended. `model` may be null.
  void start(agents::TurnInput input, foundation::Milliseconds time, foundation::Done& out,
             llm::Model* model = nullptr) {
    ctx_.deadline = std::chrono::steady_clock::now() + time;
    Parts parts{fake_, fake_, clock_, live_, model};
    control_plane::Caller caller{foundation::Secret("token"), "erin", "shop", kTurn};
    async::asio::co_spawn(
        io_, async::in_branch(run_turn(ctx_, parts, std::move(caller), std::move(input), recorder_, remembered_)),
        async::asio::bind_cancellation_slot(hang_up_.slot(), [&](std::exception_ptr thrown, foundation::Done r) {
          if (thrown) std::rethrow_exception(thrown);
          out = std::move(r);
        }));
  }
  void add(const char* text) { fake_.add_object(json::parse_strict(text).value()); }

  async::asio::io_context io_{1};
  async::Context ctx_{"req-1", foundation::SteadyTime::max(), {}};
  foundation::ManualClock clock_{foundation::parse_rfc3339("2026-01-02T03:04:05.006Z").value()};
  foundation::telemetry::Metrics metrics_;
  foundation::telemetry::Gauge live_ = metrics_.gauge("hks_turns_live", "turns");
  control_plane::FakeControlPlane fake_;
  Recorder recorder_;
  Remembered remembered_;
  async::asio::cancellation_signal hang_up_;
};

}  // namespace ai_ops::chat
