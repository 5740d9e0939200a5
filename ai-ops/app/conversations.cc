// The conversations of the token's user in its workspace, as they may read them now.
#include "ai-ops/app/handlers.h"
#include "ai-ops/app/memory.h"
#include "foundation/base/uuid.h"

namespace ai_ops::app {

using conversations::Entry;
using foundation::Code;
using foundation::fail;
using foundation::Result;

namespace {

constexpr std::size_t kShownTurns = 50;  // the last ones

struct Asked {
  conversations::Conversations& conversations;
  control_plane::Caller caller;
};

Result<Asked> asked_by(Services& services, Bearer bearer) {
  if (!services.conversations) return fail(Code::unavailable, "read conversations", "they are not open yet");
  return Asked{*services.conversations, caller_of(std::move(bearer))};
}

Result<std::string> conversation_in(const http::Exchange& exchange) {
  std::string id(exchange.path_value("conversation"));
  if (!foundation::is_uuid(id)) return fail(Code::not_found, "find conversation", "there is none");
  return id;
}

json::Value summary_json(const conversations::Summary& summary) {
  return json::Object{{"id", summary.id},
                      {"title", summary.title},
                      {"began_at", foundation::to_rfc3339(summary.began)},
                      {"last_at", foundation::to_rfc3339(summary.last)},
                      {"turns", summary.turns}};
}

json::Value turn_json(const Entry& entry) {
  json::Array objects, operations;
  for (const auto& ref : entry.subjects)
    objects.push_back(json::Object{{"kind", ref.kind}, {"project", ref.namespace_name}, {"name", ref.name}});
  for (const auto& done : entry.done)
    operations.push_back(json::Object{
        {"operation", done.operation}, {"arguments", done.arguments}, {"became", reader::to_string(done.became)}});
  return json::Object{{"turn_id", entry.turn},         {"at", foundation::to_rfc3339(entry.at)},
                      {"message", entry.message},      {"answer", entry.answer},
                      {"objects", std::move(objects)}, {"operations", std::move(operations)}};
}

}  // namespace

async::Task<http::Reply> list_conversations(Services& services, async::Context& ctx, http::Exchange&, Bearer bearer) {
  auto asked = asked_by(services, std::move(bearer));
  if (!asked) co_return std::unexpected(asked.error());
  auto summaries = co_await asked->conversations.list(ctx, owner_of(asked->caller));
  if (!summaries) co_return std::unexpected(summaries.error());
  auto snapshot = co_await services.upstream->reads.snapshot(ctx, asked->caller);
  if (!snapshot) co_return std::unexpected(snapshot.error());
  json::Array out;
  for (const auto& summary : conversations::withheld(std::move(*summaries), **snapshot))
    out.push_back(summary_json(summary));
  co_return http::json_reply(200, json::Object{{"conversations", std::move(out)}});
}

async::Task<http::Reply> read_conversation(Services& services, async::Context& ctx, http::Exchange& exchange,
                                           Bearer bearer) {
  auto asked = asked_by(services, std::move(bearer));
  if (!asked) co_return std::unexpected(asked.error());
  auto id = conversation_in(exchange);
  if (!id) co_return std::unexpected(id.error());
  auto entries = co_await asked->conversations.read(ctx, owner_of(asked->caller), *id, kShownTurns);
  if (!entries) co_return std::unexpected(entries.error());
  auto snapshot = co_await services.upstream->reads.snapshot(ctx, asked->caller);
  if (!snapshot) co_return std::unexpected(snapshot.error());
  json::Array turns;
  for (const auto& entry : conversations::withheld(std::move(*entries), **snapshot)) turns.push_back(turn_json(entry));
  co_return http::json_reply(200, json::Object{{"id", *id}, {"turns", std::move(turns)}});
}

async::Task<http::Reply> delete_conversation(Services& services, async::Context& ctx, http::Exchange& exchange,
                                             Bearer bearer) {
  auto asked = asked_by(services, std::move(bearer));
  if (!asked) co_return std::unexpected(asked.error());
  auto id = conversation_in(exchange);
  if (!id) co_return std::unexpected(id.error());
  auto removed = co_await asked->conversations.remove(ctx, owner_of(asked->caller), *id);
  if (!removed) co_return std::unexpected(removed.error());
  co_return http::Reply{.status = 204};
}

}  // namespace ai_ops::app
