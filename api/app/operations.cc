// What was done in a workspace, and taking it back.
#include "api/app/change_reply.h"
#include "api/app/handlers.h"
#include "api/app/too_many.h"
#include "api/change/replies.h"
#include "api/change/visible.h"

namespace api::app {

using foundation::Code;
using foundation::fail;
using foundation::database::Session;

namespace {

constexpr std::int64_t kDefaultOperations = 50;

}  // namespace

async::Task<http::Reply> list_done_operations(Services& services, async::Context&, http::Exchange& exchange,
                                              identity::SessionUser user) {
  auto limit = http::query_number(exchange.target(), "limit", {kDefaultOperations, 1, change::kMaxListedOperations});
  if (!limit) co_return std::unexpected(limit.error());
  auto rows = co_await services.database.read([viewer = viewer_of(exchange, user), limit = *limit](Session& session) {
    return change::visible_operations(session, viewer, std::size_t(limit));
  });
  if (!rows) co_return std::unexpected(rows.error());
  json::Array operations;
  for (const auto& row : *rows) operations.push_back(change::record_json(row));
  co_return http::json_reply(200, json::Object{{"operations", std::move(operations)}});
}

async::Task<http::Reply> read_done_operation(Services& services, async::Context&, http::Exchange& exchange,
                                             identity::SessionUser user) {
  std::string id(exchange.path_value("operation"));
  auto seen = co_await services.database.read([viewer = viewer_of(exchange, user), id](Session& session) {
    return change::visible_operation(session, viewer, id);
  });
  if (!seen) co_return std::unexpected(seen.error());
  if (seen->row.state == "proposed") co_return fail(Code::not_found, "find operation", "not done");
  co_return http::json_reply(200, change::record_json(seen->row));
}

async::Task<http::Reply> undo_operation(Services& services, async::Context& ctx, http::Exchange& exchange,
                                        identity::SessionUser user) {
  if (auto no = held_back(services.change_limit, user.user.name.str(), services, ctx, "Too many; wait a moment."))
    co_return std::move(*no);
  auto answer = co_await services.change.undo(ctx, {std::string(exchange.path_value("workspace")),
                                                    std::string(exchange.path_value("operation")), std::move(user)});
  if (!answer) co_return std::unexpected(answer.error());
  co_return reply_of(*answer, ctx.request_id);
}

}  // namespace api::app
