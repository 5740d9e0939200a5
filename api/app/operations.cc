// What was done in a workspace, and taking it back.
#include "api/app/change_reply.h"
#include "api/app/handlers.h"
#include "api/app/too_many.h"
#include "api/caller/caller.h"
#include "api/change/replies.h"

namespace api::app {

using foundation::Code;
using foundation::fail;
using foundation::Result;
using foundation::database::Session;

namespace {

constexpr std::int64_t kDefaultOperations = 50;

bool may_see(const caller::Member& member, const change::OperationRow& row) {
  tenancy::ProjectName project(row.plan.target.namespace_name);
  return tenancy::effective(member.bindings, {}, member.workspace.name, project)
      .contains(tenancy::Permission::objects_read);
}

Result<json::Array> visible_operations(Session& session, const tenancy::UserName& user,
                                       const tenancy::WorkspaceName& workspace, std::size_t limit) {
  auto member = caller::load_member(session, user, workspace);
  if (!member) return std::unexpected(member.error());
  auto rows = change::list_operations(session, workspace.str(), change::kMaxListedOperations);
  if (!rows) return std::unexpected(rows.error());
  json::Array out;
  for (const auto& row : *rows) {
    if (out.size() == limit) break;  // of those that they may see: what others did takes no place
    if (may_see(*member, row)) out.push_back(change::record_json(row));
  }
  return out;
}

Result<json::Object> visible_operation(Session& session, const tenancy::UserName& user,
                                       const tenancy::WorkspaceName& workspace, const std::string& id) {
  auto member = caller::load_member(session, user, workspace);
  if (!member) return std::unexpected(member.error());
  auto row = change::load_operation(session, workspace.str(), id);
  if (!row) return std::unexpected(row.error());
  if (!may_see(*member, *row) || row->state == "proposed")
    return fail(Code::not_found, "find operation", "not visible");
  return change::record_json(*row);
}

}  // namespace

async::Task<http::Reply> list_done_operations(Services& services, async::Context&, http::Exchange& exchange,
                                              identity::SessionUser user) {
  auto limit = http::query_number(exchange.target(), "limit", {kDefaultOperations, 1, change::kMaxListedOperations});
  if (!limit) co_return std::unexpected(limit.error());
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto rows = co_await services.database.read([name = user.user.name, workspace, limit = *limit](Session& session) {
    return visible_operations(session, name, workspace, std::size_t(limit));
  });
  if (!rows) co_return std::unexpected(rows.error());
  co_return http::json_reply(200, json::Object{{"operations", std::move(*rows)}});
}

async::Task<http::Reply> read_done_operation(Services& services, async::Context&, http::Exchange& exchange,
                                             identity::SessionUser user) {
  tenancy::WorkspaceName workspace{std::string(exchange.path_value("workspace"))};
  auto row = co_await services.database.read(
      [name = user.user.name, workspace, id = std::string(exchange.path_value("operation"))](Session& session) {
        return visible_operation(session, name, workspace, id);
      });
  if (!row) co_return std::unexpected(row.error());
  co_return http::json_reply(200, std::move(*row));
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
