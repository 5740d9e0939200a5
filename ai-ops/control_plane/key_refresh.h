// The keys that verify Internal JWTs: fetched in the background, one flight at a time, never on a request's path.
// A token with an unknown kid asks for an early fetch; however many ask, there is one per cooldown, and none for a kid
// that a fetch has not brought. Keys stay good while the control plane is away: it alone could present tokens.
// Owner: main, which spawns run(). Threads: one executor.
#pragma once
#include <deque>
#include <expected>
#include <string>
#include <string_view>

#include "foundation/async/task_group.h"
#include "foundation/http/client.h"
#include "foundation/jwt/internal_token.h"
#include "foundation/telemetry/log.h"

namespace ai_ops::control_plane {

namespace async = foundation::async;

inline constexpr std::size_t kMaxUnknownKids = 1024;

class KeyRefresh {
 public:
  struct Times {
    foundation::Milliseconds every{300'000};
    foundation::Milliseconds cooldown{10'000};  // between a fetch and an early one
    foundation::Milliseconds first_wait{100};   // after a failed fetch, doubled each time
    foundation::Milliseconds longest_wait{5'000};
    foundation::Milliseconds fetch{5'000};
  };
  KeyRefresh(foundation::http::Client& control_plane, async::asio::any_io_executor on, foundation::telemetry::Log log,
             Times times);
  KeyRefresh(foundation::http::Client& control_plane, async::asio::any_io_executor on, foundation::telemetry::Log log)
      : KeyRefresh(control_plane, on, std::move(log), Times()) {}

  // Until its seat drains or it is cancelled.
  async::Task<void> run(async::Seat& seat);

  bool loaded() const { return !keys_.keys().empty(); }
  std::expected<foundation::jwt::InternalClaims, foundation::jwt::TokenRefusal> verify(std::string_view token,
                                                                                       foundation::WallTime now);

 private:
  async::Task<foundation::jwt::KeySet> fetch();
  void take(foundation::Result<foundation::jwt::KeySet> fetched);
  async::Task<void> wait();
  void ask_early(const std::string& kid);

  foundation::http::Client& control_plane_;
  foundation::telemetry::Log log_;
  Times times_;
  foundation::jwt::KeySet keys_;
  std::deque<std::string> unknown_;  // kids that have asked, oldest first
  foundation::SteadyTime fetched_at_{};
  foundation::SteadyTime due_{};
  foundation::Milliseconds failure_wait_;
  async::asio::steady_timer timer_;
};

}  // namespace ai_ops::control_plane
