// One chat request: from the user's words to the stream of events.
#include "api/app/handlers.h"
#include "api/app/list_sink.h"
#include "api/app/sse_sink.h"
#include "api/app/too_many.h"
#include "api/app/turn_opening.h"
#include "foundation/base/uuid.h"
#include "foundation/json/fields.h"

namespace api::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;
using foundation::database::Session;

namespace {

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

json::Array rows_of(std::vector<turns::Event> events) {
  json::Array out;
  for (turns::Event& event : events) {
    json::Object row{{"event", event.name}};
    for (auto& [name, value] : event.data) row[name] = std::move(value);
    out.push_back(std::move(row));
  }
  return out;
}

// The message as the advisor and the audit may have it, and the commands that it is. A message that had to be redacted
// is no command.
void read_message(Services& services, const caller::Member& member, const std::string& said, turns::Turn& turn) {
  foundation::redaction::Pseudonyms pseudonyms;
  turn.message = foundation::redaction::redact_text(said, pseudonyms).str();
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

async::Task<http::Reply> answer(Services& services, async::Context& ctx, http::Exchange& exchange, turns::Turn turn,
                                turns::RoleClaims roles, bool stream) {
  auto question = turns::chat_question(turn);
  if (stream) {
    SseSink sink(exchange);
    auto ran = co_await services.forwarder.run(ctx, std::move(turn), std::move(roles), std::move(question), sink);
    if (!ran) co_return not_opened(ctx, ran.error());
    co_return http::Reply{.streamed = true};
  }
  ListSink sink;
  std::string id = turn.id, conversation = turn.conversation;
  auto ran = co_await services.forwarder.run(ctx, std::move(turn), std::move(roles), std::move(question), sink);
  if (!ran) co_return not_opened(ctx, ran.error());
  co_return http::json_reply(
      200, json::Object{{"turn_id", id}, {"conversation_id", conversation}, {"events", rows_of(std::move(sink.all))}});
}

}  // namespace

async::Task<http::Reply> chat(Services& services, async::Context& ctx, http::Exchange& exchange,
                              identity::SessionUser user) {
  auto request = read_request(exchange.request().body, services.clock.wall());
  if (!request) co_return std::unexpected(request.error());
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto member = co_await services.database.read(
      [user, workspace](Session& session) { return caller::load_member(session, user, workspace); });
  if (!member) co_return std::unexpected(member.error());
  if (auto no =
          held_back(services.chat_limit, user.user.name.str(), services, ctx, "Too many messages; wait a moment."))
    co_return std::move(*no);
  turns::Turn turn = new_turn(services, *member, user, turns::Kind::chat, request->conversation);
  read_message(services, *member, request->message, turn);
  co_return co_await answer(services, ctx, exchange, std::move(turn), role_claims(member->bindings), request->stream);
}

}  // namespace api::app
