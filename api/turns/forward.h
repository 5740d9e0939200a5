// Forwards one question to the advisor and its answer to the user. The advisor's stream is parsed, never passed
// through: an event that it has no right to send, or that is malformed, is dropped and counted; all text is cleaned;
// the terminal event is made from the control plane's own record. Threads: one executor.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "api/turns/key_ring.h"
#include "api/turns/open_turns.h"
#include "api/turns/turn_store.h"
#include "foundation/async/context.h"
#include "foundation/database/database.h"
#include "foundation/http/client.h"
#include "foundation/jwt/internal_token.h"
#include "foundation/telemetry/log.h"

namespace api::turns {

inline constexpr Milliseconds kHeartbeat{15'000};
inline constexpr std::size_t kMaxAnswerBytes = 8 << 20;  // of the advisor's stream in one turn
inline constexpr Milliseconds kConsultTime{10'000};      // under kLease, which nobody renews meanwhile
inline constexpr std::size_t kMaxConsultedBytes = 4 << 20;

using RoleClaims = std::vector<foundation::jwt::RoleClaim>;

// Where the events go: an SSE stream or a list.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual async::Task<void> begin() = 0;  // once, when the turn is open
  // One or more, in order. `data` of each is complete: seq, turn_id, at and the event's own members.
  virtual async::Task<void> events(std::vector<Event> events) = 0;
  virtual async::Task<void> heartbeat() = 0;
};

// What a turn asks of the advisor, and what may answer it.
struct Question {
  std::string target;
  std::string body;
  // Why this event of the advisor is no answer ("unasked", "malformed": it is dropped); empty: it is one. None: all
  // are.
  std::string_view (*refuses)(const Event&) = nullptr;
  // The event without which an answer is not whole, nor is it with anything dropped; empty: its end alone completes it.
  std::string_view last = {};
};
Question chat_question(const Turn& turn);

class Forwarder {
 public:
  struct Parts {  // borrowed from main
    foundation::database::Database& database;
    foundation::http::Client& advisor;
    const KeyRing& keys;
    OpenTurns& open_turns;
    const foundation::Clock& clock;
  };
  explicit Forwarder(Parts parts) : parts_(parts) {}

  // Opens `turn` in the database, and closes it there when this ends, however it ends. A chat's first event is `turn`.
  // Exactly one terminal event reaches the sink unless the client is gone. `roles` go into the token as context.
  // Code::conflict, rate_limited: the turn was not opened (open_turn), and the sink has not begun.
  async::Task<void> run(async::Context& ctx, Turn turn, RoleClaims roles, Question question, EventSink& sink);

  // What the advisor answers to `request`, of a turn of kind `read` that is open for just as long: no operation takes
  // its token. Code::unavailable when it gave no answer; conflict, rate_limited as above.
  async::Task<foundation::http::Response> consult(async::Context& ctx, Turn turn, RoleClaims roles,
                                                  foundation::http::Request request);

 private:
  struct Journey;
  static foundation::Result<foundation::Secret> mint(const Parts& parts, const Turn& turn, const RoleClaims& roles,
                                                     const std::string& peer_thumbprint);
  // The turn is open while `work` goes on, which ends with the outcome that it is remembered by.
  async::Task<void> while_open(async::Context& ctx, const Turn& turn, async::Task<std::string> work);
  async::Task<std::string> travel(async::Context& ctx, const Turn& turn, const RoleClaims& roles,
                                  const Question& question, EventSink& sink);
  async::Task<std::string> ask_once(async::Context& ctx, const Turn& turn, const RoleClaims& roles,
                                    foundation::http::Request request, foundation::http::Response& answer);
  async::Task<foundation::http::Response> exchange_once(async::Context& ctx, const Turn& turn, const RoleClaims& roles,
                                                        foundation::http::Request request);

  Parts parts_;
};

}  // namespace api::turns
