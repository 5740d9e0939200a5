// One turn: from the control plane's request to the stream of events.
#include "ai-ops/app/handlers.h"
#include "ai-ops/app/memory.h"
#include "ai-ops/app/turn_place.h"
#include "foundation/base/uuid.h"
#include "foundation/json/fields.h"

namespace ai_ops::app {

using foundation::Code;
using foundation::fail;
using foundation::Result;

namespace {

constexpr std::size_t kMaxMessageBytes = 8192, kMaxCommands = 5, kMaxWordBytes = 64, kUuidBytes = 36;

struct ChatRequest {
  agents::TurnInput input;
  std::optional<std::string> conversation;
};

Result<ChatRequest> read_request(const std::string& body, std::string_view turn) {
  auto value = json::parse_strict(body);
  if (!value) return std::unexpected(value.error());
  json::Fields fields(*value);
  if (fields.text("turn", kUuidBytes) != turn) fields.refuse("turn", "must be the token's");
  auto conversation = fields.optional_text("conversation_id", kUuidBytes);
  if (conversation && !foundation::is_uuid(*conversation)) fields.refuse("conversation_id", "must be a UUID");
  agents::TurnInput input{.message = fields.text("message", kMaxMessageBytes), .commands = {}, .budget = {}};
  if (input.message.empty()) fields.refuse("message", "must not be empty");
  for (auto& command : fields.objects("commands", kMaxCommands)) {
    std::string operation = command.text("operation", kMaxWordBytes);
    const json::Value& arguments = command.any("arguments");
    if (!arguments.is_object())
      command.refuse("arguments", "must be an object");
    else
      input.commands.push_back({std::move(operation), arguments.get_object()});
  }
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return ChatRequest{std::move(input), std::move(conversation)};
}

}  // namespace

async::Task<http::Reply> chat(Services& services, async::Context& ctx, http::Exchange& exchange, Bearer bearer) {
  auto request = read_request(exchange.request().body, bearer.claims.turn);
  if (!request) co_return std::unexpected(request.error());
  if (!TurnPlace::is_free(services)) co_return TurnPlace::none_left(ctx);
  TurnPlace place(services);
  auto turn = turn_context(services, ctx, bearer);
  control_plane::Caller caller = caller_of(std::move(bearer));
  auto live = services.metrics.gauge("hks_turns_live", "Turns that now run.");
  chat::Parts parts{services.upstream->reads, services.upstream->operations, services.clock, live, services.model};
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "text/event-stream"}});
  if (!stream) co_return std::unexpected(stream.error());
  SseWriter writer(**stream);
  if (request->input.commands.empty()) {  // a command says all by itself
    auto recalled = co_await recall(services, turn, caller, request->conversation);
    request->input.recent = conversations::recent_of(recalled);
    if (services.model) request->input.history = conversations::history_text(recalled, kMaxHistoryBytes);
  }
  chat::Remembered remembered;
  auto ran = co_await async::in_branch<void>(
      chat::run_turn(turn, parts, caller, std::move(request->input), writer, remembered));
  co_await async::shield_from_cancellation();
  co_await remember(services, turn, caller, request->conversation, std::move(remembered));
  if (!ran) co_return std::unexpected(ran.error());
  co_return http::Reply{.streamed = true};
}

}  // namespace ai_ops::app
