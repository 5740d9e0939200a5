// What the advisor may read, for the user of its token.
#include "api/app/handlers.h"
#include "api/caller/caller.h"
#include "foundation/kubernetes/names.h"
#include "foundation/kubernetes/snapshot.h"

namespace api::app {

using foundation::Code;
using foundation::fail;
using foundation::database::Session;

namespace {

// The caller as of now; a workspace that is not the token's looks like one that does not exist.
async::Task<caller::Caller> caller_of(Services& services, http::Exchange& exchange,
                                      foundation::jwt::InternalClaims claims) {
  auto caller =
      co_await services.database.read([claims](Session& session) { return caller::load_caller(session, claims); });
  if (!caller) co_return std::unexpected(caller.error());
  if (exchange.path_value("workspace") != caller->turn.workspace.str())
    co_return fail(Code::not_found, "find workspace", "no such workspace");
  co_return std::move(*caller);
}

std::string text_of(const http::Target& target, std::string_view name) {
  auto at = target.query.find(name);
  return at == target.query.end() ? std::string() : at->second;
}

}  // namespace

async::Task<http::Reply> read_key_set(Services& services, async::Context&, http::Exchange&) {
  auto reply = http::text_reply(200, services.keys.published().to_text(), "application/json");
  reply.headers.set("Cache-Control", "max-age=30");
  co_return reply;
}

async::Task<http::Reply> read_snapshot(Services& services, async::Context&, http::Exchange& exchange,
                                       foundation::jwt::InternalClaims claims) {
  auto caller = co_await caller_of(services, exchange, std::move(claims));
  if (!caller) co_return std::unexpected(caller.error());
  auto version = services.reads.version(*caller);
  if (!version) co_return std::unexpected(version.error());
  std::string etag = '"' + *version + '"';
  if (exchange.request().headers.find("If-None-Match") == etag) {
    http::Reply same{.status = 304};
    same.headers.set("ETag", etag);
    co_return same;
  }
  auto visible = services.reads.snapshot(*caller);
  if (!visible) co_return std::unexpected(visible.error());
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "application/x-ndjson"}, {"ETag", etag}});
  if (!stream) co_return std::unexpected(stream.error());
  constexpr std::size_t kPiece = 32 << 10;
  std::string piece =
      foundation::kubernetes::head_line(visible->version, caller->turn.workspace.str(), services.clock.wall());
  for (const auto& object : visible->objects) {
    piece += object->line();
    if (piece.size() < kPiece) continue;
    if (auto sent = co_await (*stream)->write(piece); !sent) co_return std::unexpected(sent.error());
    piece.clear();
  }
  if (auto sent = co_await (*stream)->write(piece); !sent) co_return std::unexpected(sent.error());
  co_return http::Reply{.streamed = true};
}

async::Task<http::Reply> read_object(Services& services, async::Context&, http::Exchange& exchange,
                                     foundation::jwt::InternalClaims claims) {
  auto caller = co_await caller_of(services, exchange, std::move(claims));
  if (!caller) co_return std::unexpected(caller.error());
  foundation::kubernetes::ObjectRef ref{std::string(exchange.path_value("kind")),
                                        std::string(exchange.path_value("project")),
                                        std::string(exchange.path_value("name")),
                                        {}};
  auto object = services.reads.object(*caller, ref);
  if (!object) co_return std::unexpected(object.error());
  co_return http::json_reply(200, *object);
}

async::Task<http::Reply> read_events(Services& services, async::Context&, http::Exchange& exchange,
                                     foundation::jwt::InternalClaims claims) {
  auto caller = co_await caller_of(services, exchange, std::move(claims));
  if (!caller) co_return std::unexpected(caller.error());
  const auto& target = exchange.target();
  auto limit = http::query_number(target, "limit", {reads::kDefaultEvents, 1, reads::kMaxEvents});
  if (!limit) co_return std::unexpected(limit.error());
  auto events = services.reads.events(
      *caller, {text_of(target, "project"), text_of(target, "kind"), text_of(target, "name"), int(*limit)});
  if (!events) co_return std::unexpected(events.error());
  co_return http::json_reply(200, json::Object{{"events", std::move(*events)}});
}

async::Task<http::Reply> read_logs(Services& services, async::Context& ctx, http::Exchange& exchange,
                                   foundation::jwt::InternalClaims claims) {
  auto caller = co_await caller_of(services, exchange, std::move(claims));
  if (!caller) co_return std::unexpected(caller.error());
  const auto& target = exchange.target();
  auto lines = http::query_number(target, "tail_lines", {reads::kDefaultTailLines, 1, reads::kMaxTailLines});
  if (!lines) co_return std::unexpected(lines.error());
  std::string previous = text_of(target, "previous");
  if (!previous.empty() && previous != "true" && previous != "false")
    co_return fail(Code::invalid, "query previous", "must be true or false");
  reads::LogQuery query{text_of(target, "project"), text_of(target, "pod"), text_of(target, "container"),
                        previous == "true", int(*lines)};
  auto log = co_await services.reads.logs(ctx, *caller, query);
  if (!log) co_return std::unexpected(log.error());
  json::Array out;
  for (auto& line : log->lines) out.push_back(json::Value(line));
  co_return http::json_reply(200, json::Object{{"project", query.project},
                                               {"pod", query.pod},
                                               {"container", log->container},
                                               {"previous", query.previous},
                                               {"lines", std::move(out)}});
}

}  // namespace api::app
