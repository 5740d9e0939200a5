// What the diagnosis finds, without a chat: as a stream, for the control plane to check and pass on.
#include "ai-ops/app/handlers.h"
#include "ai-ops/app/turn_place.h"
#include "ai-ops/chat/find.h"
#include "foundation/json/fields.h"
#include "foundation/kubernetes/names.h"

namespace ai_ops::app {

using foundation::Result;

namespace {

constexpr std::size_t kUuidBytes = 36, kMaxKindBytes = 63, kMaxNameBytes = 253, kMaxWordBytes = 64;
constexpr foundation::Milliseconds kFindingsTime{55'000};  // under the control plane's, so that the answer is whole

Result<chat::FindingsWanted> read_request(const std::string& body, std::string_view turn) {
  auto value = json::parse_strict(body);
  if (!value) return std::unexpected(value.error());
  json::Fields fields(*value);
  if (fields.text("turn", kUuidBytes) != turn) fields.refuse("turn", "must be the token's");
  chat::FindingsWanted wanted;
  if (auto project = fields.optional_text("project", kMaxNameBytes)) {
    if (!foundation::kubernetes::is_label(*project)) fields.refuse("project", "must be a project's name");
    wanted.object.namespace_name = std::move(*project);
  }
  if (auto object = fields.optional_object("object")) {
    wanted.object.kind = object->text("kind", kMaxKindBytes);
    wanted.object.name = object->text("name", kMaxNameBytes);
    if (!foundation::kubernetes::is_kind(wanted.object.kind)) object->refuse("kind", "must be a kind");
    if (!foundation::kubernetes::is_subdomain(wanted.object.name)) object->refuse("name", "must be an object's name");
  }
  if (auto word = fields.optional_text("severity", kMaxWordBytes)) {
    auto severity = chat::find_severity(*word);
    if (severity)
      wanted.at_least = *severity;
    else
      fields.refuse("severity", "must be info, warning or critical");
  }
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return wanted;
}

}  // namespace

async::Task<http::Reply> list_findings(Services& services, async::Context& ctx, http::Exchange& exchange,
                                       Bearer bearer) {
  auto wanted = read_request(exchange.request().body, bearer.claims.turn);
  if (!wanted) co_return std::unexpected(wanted.error());
  if (!TurnPlace::is_free(services)) co_return TurnPlace::none_left(ctx);
  TurnPlace place(services);
  auto turn = turn_context(services, ctx, bearer).child(kFindingsTime);
  control_plane::Caller caller = caller_of(std::move(bearer));
  auto live = services.metrics.gauge("hks_turns_live", "Turns that now run.");
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "text/event-stream"}});
  if (!stream) co_return std::unexpected(stream.error());
  SseWriter writer(**stream);
  auto ran = co_await chat::find(turn, {services.upstream->reads, services.clock, live}, std::move(caller),
                                 std::move(*wanted), writer);
  if (!ran) co_return std::unexpected(ran.error());
  co_return http::Reply{.streamed = true};
}

}  // namespace ai_ops::app
