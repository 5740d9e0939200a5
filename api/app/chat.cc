// One chat request: from the user's words to the stream of events.
#include "api/app/handlers.h"
#include "api/app/too_many.h"
#include "api/caller/caller.h"
#include "foundation/base/uuid.h"
#include "foundation/http/sse.h"
#include "foundation/json/fields.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;
using foundation::database::Session;

namespace {

constexpr foundation::Milliseconds kOneMoreEnds{5'000};  // a guess for who has as many open turns as may be

struct ChatRequest {
  std::string message;
  std::string conversation;
  bool stream = true;
};

Result<ChatRequest> read_request(const std::string& body, foundation::WallTime now) {
  auto value = json::parse_strict(body);
  if (!value) return std::unexpected(value.error());
  json::Fields fields(*value);
  ChatRequest request{.message = fields.text("message", turns::kMaxMessageBytes),
                      .conversation = fields.optional_text("conversation_id", 36).value_or(foundation::new_uuid(now)),
                      .stream = fields.optional_boolean("stream").value_or(true)};
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  if (request.message.empty()) return fail(Code::invalid, "$.message", "must not be empty");
  if (!foundation::is_uuid(request.conversation)) return fail(Code::invalid, "$.conversation_id", "must be a UUID");
  return request;
}

class SseSink final : public turns::EventSink {
 public:
  explicit SseSink(http::Exchange& exchange) : exchange_(exchange) {}
  async::Task<void> begin() override {
    auto stream = co_await exchange_.begin_stream(200, {{"Content-Type", "text/event-stream"}});
    if (!stream) co_return std::unexpected(stream.error());
    stream_ = *stream;
    co_return Done{};
  }
  async::Task<void> events(std::vector<turns::Event> events) override {
    frames_.clear();
    for (const auto& event : events)
      frames_ +=
          http::sse_frame(std::to_string(event.data.at("seq").as_int64()), event.name, json::to_text(event.data));
    return stream_->write(frames_);
  }
  async::Task<void> heartbeat() override {
    frames_ = http::sse_comment("still working");
    return stream_->write(frames_);
  }

 private:
  http::Exchange& exchange_;
  http::Stream* stream_ = nullptr;  // once begun
  std::string frames_;              // outlives the write
};

class ListSink final : public turns::EventSink {
 public:
  async::Task<void> begin() override { co_return Done{}; }
  async::Task<void> events(std::vector<turns::Event> events) override {
    for (auto& event : events) {
      json::Object row{{"event", event.name}};
      for (auto& [name, value] : event.data) row[name] = std::move(value);
      events_.push_back(std::move(row));
    }
    co_return Done{};
  }
  async::Task<void> heartbeat() override { co_return Done{}; }
  json::Array take() { return std::move(events_); }

 private:
  json::Array events_;
};

// The message as the advisor and the audit may have it, and the commands that it is. A message that had to be redacted
// is no command.
void read_message(Services& services, const caller::Member& member, const std::string& said, turns::Turn& turn) {
  redaction::Pseudonyms pseudonyms;
  turn.message = redaction::redact_text(said, pseudonyms).str();
  if (turn.message != said) return;
  auto texts = operations::read_commands(said);
  if (texts.empty()) return;  // most messages: then nothing is looked up
  auto visible = services.reads.visible_refs(member.workspace, member.bindings, turn.ceiling);
  for (const auto& text : texts) {
    auto command = operations::resolve(text, visible);
    if (!command) {
      turn.commands.clear();  // all of it is understood, or none of it runs
      return;
    }
    turn.commands.push_back(std::move(*command));
  }
}

std::vector<foundation::jwt::RoleClaim> role_claims(const std::vector<tenancy::RoleBinding>& bindings) {
  std::vector<foundation::jwt::RoleClaim> claims;
  for (const auto& binding : bindings) {
    std::optional<std::string> project;
    if (binding.scope.project) project = binding.scope.project->str();
    claims.push_back({std::string(tenancy::to_string(binding.role)), project});
  }
  return claims;
}

// Of a turn that was not opened; every other failure passes on.
Result<http::Reply> not_opened(const async::Context& ctx, const foundation::Error& error) {
  if (error.code == Code::conflict)
    return http::problem_reply({409, "conversation_busy", "This conversation is still being answered."},
                               ctx.request_id);
  if (error.code == Code::rate_limited)
    return too_many(ctx, "Too many answers are under way; wait for one of them to end.", kOneMoreEnds);
  return std::unexpected(error);
}

async::Task<http::Reply> answer(Services& services, async::Context& ctx, http::Exchange& exchange, turns::Turn turn,
                                std::vector<foundation::jwt::RoleClaim> roles, bool stream) {
  if (stream) {
    SseSink sink(exchange);
    auto ran = co_await services.forwarder.run(ctx, std::move(turn), std::move(roles), sink);
    if (!ran) co_return not_opened(ctx, ran.error());
    co_return http::Reply{.streamed = true};
  }
  ListSink sink;
  std::string id = turn.id, conversation = turn.conversation;
  auto ran = co_await services.forwarder.run(ctx, std::move(turn), std::move(roles), sink);
  if (!ran) co_return not_opened(ctx, ran.error());
  co_return http::json_reply(200,
                             json::Object{{"turn_id", id}, {"conversation_id", conversation}, {"events", sink.take()}});
}

}  // namespace

async::Task<http::Reply> chat(Services& services, async::Context& ctx, http::Exchange& exchange,
                              identity::SessionUser user) {
  foundation::WallTime now = services.clock.wall();
  auto request = read_request(exchange.request().body, now);
  if (!request) co_return std::unexpected(request.error());
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto member = co_await services.database.read(
      [name = user.user.name, workspace](Session& session) { return caller::load_member(session, name, workspace); });
  if (!member) co_return std::unexpected(member.error());
  if (auto no =
          held_back(services.chat_limit, user.user.name.str(), services, ctx, "Too many messages; wait a moment."))
    co_return std::move(*no);
  turns::Turn turn{.id = foundation::new_uuid(now),
                   .kind = turns::Kind::chat,
                   .user = user.user.name,
                   .organization = member->workspace.organization,
                   .workspace = workspace,
                   .credential = user.session_id,
                   .ceiling = {},
                   .conversation = request->conversation,
                   .message = {},
                   .commands = {},
                   .deadline = now + turns::kTurnTime};
  read_message(services, *member, request->message, turn);
  co_return co_await answer(services, ctx, exchange, std::move(turn), role_claims(member->bindings), request->stream);
}

}  // namespace api::app
