// The catalogue and the requests for changes.
#include "api/app/change_reply.h"
#include "api/app/handlers.h"
#include "api/caller/caller.h"
#include "api/operations/catalogue.h"

namespace api::app {

using foundation::Result;
using foundation::database::Session;

namespace {

template <class Items>
json::Array texts(const Items& items) {
  json::Array out;
  for (std::string_view item : items) out.push_back(json::Value(item));
  return out;
}

json::Value row_json(const operations::Operation& operation) {
  return json::Object{{"name", operation.name},
                      {"summary", operation.summary},
                      {"arguments", operation.arguments_schema()},
                      {"permission", tenancy::to_string(operation.permission)},
                      {"kinds", texts(operation.kinds)},
                      {"command_forms", texts(operation.command_forms)},
                      {"undoable", operation.undoable}};
}

}  // namespace

async::Task<http::Reply> list_operations(Services& services, async::Context&, http::Exchange&,
                                         foundation::jwt::InternalClaims claims) {
  auto caller =
      co_await services.database.read([claims](Session& session) { return caller::load_caller(session, claims); });
  if (!caller) co_return std::unexpected(caller.error());
  json::Array rows;
  for (const auto* operation : operations::catalogue()) {
    auto where =
        caller::projects_with(operation->permission, caller->workspace, caller->bindings, caller->turn.ceiling);
    if (!where.empty()) rows.push_back(row_json(*operation));
  }
  co_return http::json_reply(200, json::Object{{"operations", std::move(rows)}});
}

async::Task<http::Reply> request_operation(Services& services, async::Context& ctx, http::Exchange& exchange,
                                           foundation::jwt::InternalClaims claims) {
  auto answer = co_await services.change.submit(
      ctx, {std::move(claims), std::string(exchange.path_value("operation")), exchange.request().body});
  if (!answer) co_return std::unexpected(answer.error());
  co_return reply_of(*answer, ctx.request_id);
}

}  // namespace api::app
