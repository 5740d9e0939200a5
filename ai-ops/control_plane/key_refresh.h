// The keys that verify Internal JWTs: fetched in the background and at no token's request, so that no flood of tokens
// makes a fetch or leaves anything behind (decision 0010). A new key is published long before it signs
// (api/turns/key_ring.h). Keys stay good while the control plane is away: it alone could present tokens.
// Owner: main, which spawns run(). Threads: one executor.
#pragma once
#include <expected>
#include <string_view>

#include "foundation/async/task_group.h"
#include "foundation/http/client.h"
#include "foundation/jwt/internal_token.h"
#include "foundation/telemetry/log.h"

namespace ai_ops::control_plane {

namespace async = foundation::async;

class KeyRefresh {
 public:
  struct Times {
    foundation::Milliseconds every{30'000};
    foundation::Milliseconds first_wait{100};  // after a failed fetch, doubled each time
    foundation::Milliseconds longest_wait{5'000};
    foundation::Milliseconds fetch{5'000};
  };
  KeyRefresh(foundation::http::Client& control_plane, foundation::telemetry::Log log, Times times);

  // Until its seat drains or it is cancelled.
  async::Task<void> run(async::Seat& seat);

  bool loaded() const { return !keys_.keys().empty(); }
  std::expected<foundation::jwt::InternalClaims, foundation::jwt::TokenRefusal> verify(std::string_view token,
                                                                                       foundation::WallTime now) const {
    return foundation::jwt::verify_internal(token, keys_, now);
  }

 private:
  async::Task<foundation::jwt::KeySet> fetch();
  // How long to wait for the next fetch.
  foundation::Milliseconds take(foundation::Result<foundation::jwt::KeySet> fetched);

  foundation::http::Client& control_plane_;
  foundation::telemetry::Log log_;
  Times times_;
  foundation::jwt::KeySet keys_;
  foundation::Milliseconds failure_wait_;
};

}  // namespace ai_ops::control_plane
