#include "api/turns/forward.h"

#include <algorithm>
#include <array>
#include <exception>
#include <set>

#include "api/audit/audit.h"
#include "foundation/base/unicode.h"
#include "foundation/base/uuid.h"
#include "foundation/http/sse.h"
#include "foundation/json/view.h"

namespace api::turns {

using foundation::Code;
using foundation::Done;
using foundation::Result;
using foundation::SteadyTime;
using foundation::database::Durability;
using foundation::database::Session;
namespace http = foundation::http;
namespace json = foundation::json;

namespace {

constexpr std::size_t kMaxErrorBytes = 500;
// What an advisor says of its own end that its users hear as such; everything else that it may say is its failure.
constexpr std::array<std::string_view, 1> kAdvisorsOwnCodes{"deadline"};

Event error_event(std::string_view code, std::string_view text, const std::string& request_id) {
  return {"error", {{"code", code}, {"text", text}, {"request_id", request_id}}};
}

std::string_view code_of(const Event& advisors_error) {
  std::string_view said = json::View(advisors_error.data.if_contains("code")).text();
  auto known = std::ranges::find(kAdvisorsOwnCodes, said);
  return known != kAdvisorsOwnCodes.end() ? *known : "advisor_failed";
}

// What the user is told when the advisor cannot be asked.
Event refusal_of(int status, const std::string& request_id) {
  if (status == 429)
    return error_event("advisor_unavailable", "The advisor is busy; try again in a moment.", request_id);
  return error_event("advisor_unavailable", "The advisor could not take the request. Nothing was changed.", request_id);
}

}  // namespace

Question chat_question(const Turn& turn) {
  json::Array commands;
  for (const auto& command : turn.commands)
    commands.push_back(json::Object{{"operation", command.operation->name}, {"arguments", command.arguments}});
  json::Object body{{"turn", turn.id},
                    {"conversation_id", turn.conversation},
                    {"message", turn.message},
                    {"commands", std::move(commands)}};
  return {.target = "/v1/chat", .body = json::to_text(body)};
}

// One forward: three coroutines share it, and it lives until all of them have ended.
struct Forwarder::Journey {
  const Parts& parts;
  const Turn& turn;
  const RoleClaims& roles;
  const Question& question;
  EventSink& sink;
  async::Context& ctx;
  Outbox outbox;
  OpenTurns::Place place;
  std::string ended_with;         // the terminal event's name; empty until there is one
  bool had_last = false;          // the question's last event
  std::set<std::string> audited;  // what was dropped, each kind once a turn: a flood must not fill the log

  Journey(const Parts& p, const Turn& t, const RoleClaims& r, const Question& q, EventSink& s, async::Context& c,
          async::asio::any_io_executor on)
      : parts(p), turn(t), roles(r), question(q), sink(s), ctx(c), outbox(on), place(p.open_turns, t.id, outbox) {}

  async::Task<void> travel();
  std::string outcome();
  void end_with(Event terminal);
  bool is_whole();
  Accepted accept(const http::SseFrame& frame);
  async::Task<void> read_then_wait();
  async::Task<Event> read_advisor();
  Event end_of_turn();
  async::Task<std::unique_ptr<http::ResponseStream>> ask();
  async::Task<std::optional<Event>> pass_on(http::SseFrame frame);
  async::asio::awaitable<void> audit_once(std::string what, std::string event);
  async::Task<void> write_out();
  async::Task<void> keep_lease();
};

Result<foundation::Secret> Forwarder::mint(const Parts& parts, const Turn& turn, const RoleClaims& roles,
                                           const std::string& peer_thumbprint) {
  WallTime now = parts.clock.wall();
  foundation::jwt::InternalClaims claims{.subject = turn.user.str(),
                                         .actor = std::string(kAdvisorWorkload),
                                         .organization = turn.organization.str(),
                                         .workspace = turn.workspace.str(),
                                         .roles = roles,
                                         .scope = {turn.kind == Kind::chat ? "chat" : "read"},
                                         .turn = turn.id,
                                         .jti = foundation::new_uuid(now),
                                         .issued_at = now,
                                         .not_before = now,
                                         .expires_at = now + foundation::jwt::kMaxLifetime,
                                         .peer_thumbprint = peer_thumbprint};
  return parts.keys.mint(claims, now);
}

async::Task<std::unique_ptr<http::ResponseStream>> Forwarder::Journey::ask() {
  auto lease = co_await parts.advisor.acquire(ctx);
  if (!lease) co_return std::unexpected(lease.error());
  auto token = mint(parts, turn, roles, (*lease)->peer_thumbprint());
  if (!token) co_return std::unexpected(token.error());
  http::Request request{.method = http::Method::post, .target = question.target, .headers = {}, .body = question.body};
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Accept", "text/event-stream");
  request.headers.set("Authorization", "Bearer " + token->reveal());
  co_return co_await (*lease)->open(ctx, std::move(request));
}

// Reads the advisor's stream to its end; the terminal event that follows from it.
async::Task<Event> Forwarder::Journey::read_advisor() {
  auto stream = co_await ask();
  if (!stream) {
    ctx.log.warning("advisor_unreachable", {{"cause", stream.error().text()}});
    co_return refusal_of(stream.error().code == Code::rate_limited ? 429 : 503, ctx.request_id);
  }
  if ((*stream)->status() != 200) {
    ctx.log.warning("advisor_refused", {{"status", (*stream)->status()}});
    co_return refusal_of((*stream)->status(), ctx.request_id);
  }
  http::SseParser parser;
  for (std::size_t total = 0;;) {
    auto bytes = co_await (*stream)->read();
    if (!bytes)
      co_return error_event("advisor_failed", "The connection to the advisor broke; what you see is not complete.",
                            ctx.request_id);
    if (bytes->empty()) break;
    total += bytes->size();
    auto frames = parser.push(*bytes);
    if (!frames || total > kMaxAnswerBytes) {
      co_await audit_once("oversized", "frame");
      co_return error_event("advisor_failed", "The advisor's answer was not readable.", ctx.request_id);
    }
    for (auto& frame : *frames) {
      auto ended = co_await pass_on(std::move(frame));
      if (!ended) co_return std::unexpected(ended.error());
      if (*ended) co_return **ended;
    }
  }
  co_return end_of_turn();
}

bool Forwarder::Journey::is_whole() {
  return question.last.empty() || (had_last && place.record().dropped_events == 0);
}

// From the control plane's own record, whatever the advisor said.
Event Forwarder::Journey::end_of_turn() {
  if (!is_whole())
    return error_event("advisor_failed", "A part of the advisor's answer is missing or was not readable.",
                       ctx.request_id);
  Outcome outcome = place.record().outcome();
  if (outcome == Outcome::unknown)
    return error_event("cluster_unavailable",
                       "What became of the change is not known yet; the audit will say. Look before you try again.",
                       ctx.request_id);
  return {"done", {{"outcome", to_string(outcome)}}};
}

Accepted Forwarder::Journey::accept(const http::SseFrame& frame) {
  Accepted accepted = accept_from_advisor(frame.event, frame.data);
  if (!accepted.event || !question.refuses || frame.event == "error") return accepted;
  if (auto why = question.refuses(*accepted.event); !why.empty()) return {.event = {}, .dropped = std::string(why)};
  return accepted;
}

// Puts the frame's event into the outbox. An `error` of the advisor ends the forward: then the terminal event.
async::Task<std::optional<Event>> Forwarder::Journey::pass_on(http::SseFrame frame) {
  Accepted accepted = accept(frame);
  if (!accepted.dropped.empty()) {
    ++place.record().dropped_events;
    co_await audit_once(accepted.dropped, find_event(frame.event) ? frame.event : "other");
    co_return std::nullopt;
  }
  if (accepted.cleaned) co_await audit_once("cleaned", frame.event);
  if (frame.event == "error") {
    auto said = accepted.event->data["text"].as_string();
    std::string_view text(said.data(), std::min(said.size(), kMaxErrorBytes));
    co_return error_event(code_of(*accepted.event), foundation::visible_text(text),
                          ctx.request_id);  // cut inside a character
  }
  had_last = had_last || frame.event == question.last;
  if (auto put = co_await outbox.put(std::move(*accepted.event)); !put) co_return std::unexpected(put.error());
  co_return std::nullopt;
}

// An entry that cannot be written is in the log: the event is not shown either way, and the answer goes on.
async::asio::awaitable<void> Forwarder::Journey::audit_once(std::string what, std::string event) {
  if (!audited.insert(what + " " + event).second) co_return;
  ctx.log.warning("advisor_event_dropped", {{"what", what}, {"event", event}});
  audit::AuditEntry entry;
  entry.kind = audit::Kind::stream_dropped;
  entry.organization = turn.organization.str();
  entry.workspace = turn.workspace.str();
  entry.turn = turn.id;
  entry.subject = turn.user.str();
  entry.actor = std::string(kAdvisorWorkload);
  entry.outcome = what == "cleaned" ? "cleaned" : "dropped";
  entry.reason = what + "_" + event;
  auto written = co_await parts.database.write(Durability::durable, [entry](Session& session) -> Done {
    auto record = audit::append(session, entry, session.now());
    if (!record) return std::unexpected(record.error());
    return Done{};
  });
  if (!written) ctx.log.error("drop_not_audited", {{"turn", turn.id}, {"cause", written.error().text()}});
}

// Only the first terminal event counts.
void Forwarder::Journey::end_with(Event terminal) {
  if (!ended_with.empty()) return;
  ended_with = terminal.name;
  outbox.put_now(std::move(terminal));
  outbox.close();
}

// What was recorded outranks how the stream ended: a change that was made was made.
std::string Forwarder::Journey::outcome() {
  Outcome recorded = place.record().outcome();
  if (recorded == Outcome::answered && ended_with == "error") return "failed";
  return std::string(to_string(recorded));
}

// The terminal event when reading the advisor has failed; of no effect where another came first.
static Event failure_of(const foundation::Error& error, const std::string& request_id) {
  if (error.code == Code::deadline)
    return error_event("deadline", "The answer took too long and was stopped.", request_id);
  return error_event("internal", "The answer could not be passed on; what you see is not complete.", request_id);
}

async::Task<void> Forwarder::Journey::read_then_wait() {
  auto left = turn.deadline - parts.clock.wall();
  auto terminal = co_await async::with_deadline<Event>(std::chrono::steady_clock::now() + left, read_advisor());
  end_with(terminal ? std::move(*terminal) : failure_of(terminal.error(), ctx.request_id));
  co_return co_await async::sleep_until(SteadyTime::max());  // the writer ends the journey
}

async::Task<void> Forwarder::Journey::write_out() {
  for (std::int64_t seq = 0;;) {
    auto events = co_await outbox.take(std::chrono::steady_clock::now() + kHeartbeat);
    if (!events) co_return events.error().code == Code::not_found ? Done{} : Done(std::unexpected(events.error()));
    if (events->empty()) {
      if (auto sent = co_await sink.heartbeat(); !sent) co_return sent;
      continue;
    }
    for (Event& event : *events) {
      json::Object data{{"seq", ++seq}, {"turn_id", turn.id}, {"at", foundation::to_rfc3339(parts.clock.wall())}};
      for (auto& [name, value] : event.data) data[name] = std::move(value);
      event.data = std::move(data);
    }
    if (auto sent = co_await sink.events(std::move(*events)); !sent) co_return sent;
  }
}

async::Task<void> Forwarder::Journey::keep_lease() {
  for (;;) {
    if (auto slept = co_await async::sleep_for(kLeaseRenewal); !slept) co_return slept;
    auto renewed =
        co_await parts.database.write(Durability::normal, [id = turn.id](Session& s) { return renew_lease(s, id); });
    if (!renewed && renewed.error().code == Code::unauthenticated)
      break;  // any other failure may pass within the lease
  }
  end_with(error_event("cancelled", "This request was ended before its answer was complete.", ctx.request_id));
  co_return co_await async::sleep_until(SteadyTime::max());  // the writer ends the journey
}

// The first of two to end decides; the other is cancelled and awaited.
static async::Task<void> first_of(async::Task<void> one, async::Task<void> other) {
  auto [a, b] = co_await async::race(std::move(one), std::move(other));
  co_return a ? std::move(*a) : std::move(*b);
}

async::Task<void> Forwarder::Journey::travel() {
  if (turn.kind == Kind::chat)
    outbox.put_now({"turn", {{"conversation_id", turn.conversation}, {"message", turn.message}}});
  co_return co_await first_of(first_of(read_then_wait(), write_out()), keep_lease());
}

// What the turn is remembered by.
async::Task<std::string> Forwarder::travel(async::Context& ctx, const Turn& turn, const RoleClaims& roles,
                                           const Question& question, EventSink& sink) {
  if (auto begun = co_await sink.begin(); !begun) co_return std::unexpected(begun.error());
  Journey journey(parts_, turn, roles, question, sink, ctx, co_await async::asio::this_coro::executor);
  if (auto arrived = co_await journey.travel(); !arrived) co_return std::unexpected(arrived.error());
  co_return journey.outcome();
}

// A co_await throws when a cancellation has come before it. So none of them stands unguarded between the row and its
// close; the write of the row itself, once begun, tells how it ended whatever comes meanwhile.
async::Task<void> Forwarder::while_open(async::Context& ctx, const Turn& turn, async::Task<std::string> work) {
  auto opened =
      co_await parts_.database.write(Durability::normal, [turn](Session& session) { return open_turn(session, turn); });
  if (!opened) co_return opened;
  Result<std::string> outcome = foundation::fail(Code::cancelled, "forward");
  std::exception_ptr thrown;
  try {
    outcome = co_await async::in_branch<std::string>(std::move(work));
  } catch (...) {
    thrown = std::current_exception();
  }
  co_await async::shield_from_cancellation();
  auto closed = co_await parts_.database.write(
      Durability::normal,
      [id = turn.id, text = outcome.value_or("cut")](Session& session) { return close_turn(session, id, text); });
  if (!closed) ctx.log.error("turn_not_closed", {{"turn", turn.id}, {"cause", closed.error().text()}});
  if (thrown) std::rethrow_exception(thrown);
  if (!outcome) co_return std::unexpected(outcome.error());
  co_return Done{};
}

async::Task<void> Forwarder::run(async::Context& ctx, Turn turn, RoleClaims roles, Question question, EventSink& sink) {
  co_return co_await while_open(ctx, turn, travel(ctx, turn, roles, question, sink));
}

}  // namespace api::turns
